using System.Collections.Immutable;

namespace ZmqExporter.Tests.Architecture;

/// <summary>A part and all that it may need.</summary>
/// <param name="Name">The part.</param>
/// <param name="MayNeed">Other parts, each further up the list, and libraries.</param>
internal sealed record Layer(string Name, params ImmutableArray<string> MayNeed);

/// <summary>Judges dependencies by a list of layers. Pure, so that a test can show that it does find what is wrong.</summary>
internal static class LayerRules
{
    /// <summary>One line for each thing that is wrong: nothing when all is well.</summary>
    /// <param name="layers">From the ground up: a layer may only need those before it, so no cycle can be allowed.</param>
    /// <param name="parts">The parts that exist.</param>
    /// <param name="libraries">The names that are no parts.</param>
    /// <param name="dependencies">Who needs whom.</param>
    public static IReadOnlyList<string> Violations(
        IReadOnlyList<Layer> layers, IEnumerable<string> parts, IReadOnlyList<string> libraries, IReadOnlyCollection<Dependency> dependencies)
    {
        var violations = new List<string>();
        var known = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            violations.AddRange(layer.MayNeed
                .Where(other => !known.ContainsKey(other) && !libraries.Contains(other, StringComparer.Ordinal))
                .Select(other => $"the list lets {layer.Name} need {other}, which does not come before it"));
            known.Add(layer.Name, layer.MayNeed);
        }

        var existing = parts.ToHashSet(StringComparer.Ordinal);
        violations.AddRange(known.Keys.Where(layer => !existing.Contains(layer)).Select(layer => $"{layer} is listed and has no types"));
        violations.AddRange(existing.Where(part => !known.ContainsKey(part)).Select(part => $"{part} has no place in the list of layers"));
        var needs = dependencies.Select(dependency => (dependency.From, dependency.To)).ToHashSet();
        violations.AddRange(layers.SelectMany(layer => layer.MayNeed
            .Where(other => existing.Contains(layer.Name) && !needs.Contains((layer.Name, other)))
            .Select(other => $"the list lets {layer.Name} need {other}, which it does not")));
        violations.AddRange(dependencies
            .Where(dependency => known.TryGetValue(dependency.From, out var mayNeed) && !mayNeed.Contains(dependency.To, StringComparer.Ordinal))
            .Select(dependency => $"{dependency.From} must not need {dependency.To}, but {dependency.Type} does")
            .Distinct(StringComparer.Ordinal));
        return violations;
    }
}
