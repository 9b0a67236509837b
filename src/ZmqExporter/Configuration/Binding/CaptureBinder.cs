using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>capture</c>: names, and where in a reply their values are.</summary>
internal static partial class CaptureBinder
{
    private const int MaxCaptures = 16;
    private const string Remedy = "write a name and where to look: {session: {frame: 1}}";

    /// <summary>The keys of a source.</summary>
    public static KeyTable Keys { get; } = new("modules.*.steps[*].capture.*", [.. SourceBinder.Keys, "matches"]);

    /// <summary>What the steps of a module see of each other's names.</summary>
    /// <param name="captures">The value of <c>capture</c> in each step, or null.</param>
    /// <param name="isConversation">Whether the module has several steps.</param>
    public static ImmutableArray<CaptureScope> ScopesOf(IReadOnlyList<ConfigValue?> captures, bool isConversation)
    {
        var stepOf = ImmutableDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        for (var step = 0; step < captures.Count; step++)
        {
            foreach (var entry in captures[step]?.Node is YamlMapping mapping ? mapping.Entries : [])
            {
                stepOf.TryAdd(entry.Key, step);
            }
        }

        var names = stepOf.ToImmutable();
        return [.. captures.Select((_, step) => new CaptureScope(names, step, isConversation))];
    }

    /// <summary>Binds the captures of a step; what is left out has been reported.</summary>
    /// <param name="value">The mapping.</param>
    /// <param name="scope">The names that the step sees.</param>
    /// <param name="taken">Names of earlier steps; those of this one are added.</param>
    public static ImmutableArray<CaptureConfig> Bind(ConfigValue value, CaptureScope scope, HashSet<string> taken)
    {
        if (value.ReadEntries(Remedy) is not { } entries)
        {
            return [];
        }

        if (entries.Length is 0 or > MaxCaptures)
        {
            value.Error(
                string.Create(CultureInfo.InvariantCulture, $"there are {entries.Length} names"),
                string.Create(CultureInfo.InvariantCulture, $"write 1 to {MaxCaptures} of them, or remove capture"));
        }

        return [.. entries.Select(entry => BindOne(entry.Entry, entry.Value, scope, taken)).OfType<CaptureConfig>()];
    }

    private static CaptureConfig? BindOne(YamlEntry entry, ConfigValue value, CaptureScope scope, HashSet<string> taken)
    {
        if (Fault(entry.Key, taken) is var (message, remedy))
        {
            value.Errors.Add(entry.KeyMark, value.Path, message, remedy);
        }

        if (value.Node is not YamlMapping)
        {
            value.WrongType("a mapping", Remedy);
            return null;
        }

        var section = Section.Open(value, Keys)!;
        return SourceBinder.Bind(section, section.Find("matches"), captures: scope) is { } source ? new CaptureConfig(entry.Key, source) : null;
    }

    private static (string Message, string Remedy)? Fault(string name, HashSet<string> taken) =>
        !Name.IsMatch(name) ? ("a name of a captured value has letters, digits and _, and begins with no digit", "write up to 32 of them, such as session")
        : Placeholders.IsBuiltIn(name) ? ($"{{{name}}} stands for something else already", "choose another name")
        : !taken.Add(name) ? ("an earlier step captures a value of this name", "choose another name, so that it is clear which one is meant")
        : null;

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,31}\z", RegexOptions.None, 1000)]
    private static partial Regex Name { get; }
}
