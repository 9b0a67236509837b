using ZmqExporter.Configuration.Binding;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Loading;

/// <summary>Loads a list of targets from elsewhere: the targets, or all of its errors at once.</summary>
internal static class TargetListLoader
{
    /// <summary>The most bytes that a list may have.</summary>
    internal const int MaxSize = ConfigLoader.MaxFileSize;

    /// <summary>What a config makes of such lists.</summary>
    public static TargetListBinding BindingOf(BoundConfig bound)
    {
        var groups = new TargetGroupBinder(bound.Parts);
        return new TargetListBinding(
            (text, place, isJson) => Read(text, place, isJson, groups),
            bound.Places.ToDictionary(place => place.Key, place => new ConfigPlace(place.Value.File, place.Value.Line, place.Value.Column), StringComparer.Ordinal));
    }

    // No variables: who writes such a list must not be able to read the exporter's environment.
    private static TargetListResult Read(string text, string place, bool isJson, TargetGroupBinder groups)
    {
        var errors = new ConfigErrors();
        var (root, problems) = isJson
            ? JsonTree.Read(text, place)
            : YamlReader.Read(text, place, value => new ScalarExpansion(value), ifEmpty: "write [] for no targets");
        foreach (var problem in problems)
        {
            errors.Add(problem.Mark, problem.Path, problem.Message, problem.Remedy);
        }

        var warnings = new ConfigErrors();
        EquatableArray<DiscoveredTarget> targets = root is null ? [] : groups.Bind(new ConfigValue(root, "", errors), warnings);
        return errors.Count == 0 ? new TargetListResult(targets, []) { Warnings = warnings.ToSorted() } : new TargetListResult([], errors.ToSorted());
    }
}
