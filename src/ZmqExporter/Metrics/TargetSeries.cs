using System.Collections.Immutable;
using Prometheus;
using ZmqExporter.Configuration;

namespace ZmqExporter.Metrics;

/// <summary>The series of one target and module: makes them and removes them all. Not thread-safe.</summary>
internal sealed class TargetSeries
{
    private readonly string[] _values;
    private readonly List<ChildBase> _children = [];

    /// <param name="target">Whose series.</param>
    /// <param name="ownLabels">Names of the custom labels of every target; one that this target lacks is empty, which means absent.</param>
    public TargetSeries(TargetConfig target, ImmutableArray<string> ownLabels)
    {
        _values =
        [
            target.Name,
            target.Module.Name,
            .. ownLabels.Select(name => target.Labels.GetValueOrDefault(name, "")),
        ];
    }

    /// <summary>This target's series of a family.</summary>
    /// <param name="family">A family of the same <see cref="TargetFamilies"/>.</param>
    /// <param name="values">Values of the family's own labels.</param>
    public T Add<T>(Collector<T> family, params ReadOnlySpan<string> values)
        where T : ChildBase
    {
        var child = family.WithLabels([.. _values, .. values]);
        _children.Add(child);
        return child;
    }

    /// <summary>Takes one series back.</summary>
    public void Remove(ChildBase child)
    {
        _children.Remove(child);
        child.Remove();
    }

    /// <summary>Takes every series back.</summary>
    public void RemoveAll()
    {
        foreach (var child in _children)
        {
            child.Remove();
        }

        _children.Clear();
    }
}
