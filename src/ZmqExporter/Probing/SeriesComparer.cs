using System.Diagnostics.CodeAnalysis;

namespace ZmqExporter.Probing;

/// <summary>Says whether two samples are of one series: one metric with the same labels, names and values, in any order.</summary>
internal sealed class SeriesComparer : IEqualityComparer<ValueSample>
{
    private SeriesComparer()
    {
    }

    /// <summary>The one that there is.</summary>
    public static SeriesComparer Instance { get; } = new();

    /// <inheritdoc />
    public bool Equals(ValueSample? x, ValueSample? y)
    {
        if (x is null || y is null || ReferenceEquals(x.Value, y.Value))
        {
            return ReferenceEquals(x, y) || (x is not null && y is not null && x.Labels.Equals(y.Labels));
        }

        return x.Value.Metric == y.Value.Metric && x.Labels.Length == y.Labels.Length
            && Enumerable.Range(0, x.Labels.Length).All(i => x.Labels[i] == LabelOf(y, x.Value.Labels[i].Name));
    }

    /// <inheritdoc />
    public int GetHashCode([DisallowNull] ValueSample obj)
    {
        var labels = 0;
        for (var i = 0; i < obj.Labels.Length; i++)
        {
            labels += HashCode.Combine(obj.Value.Labels[i].Name, obj.Labels[i]); // a sum: the order does not count
        }

        return HashCode.Combine(obj.Value.Metric, labels);
    }

    private static string? LabelOf(ValueSample sample, string name)
    {
        for (var i = 0; i < sample.Labels.Length; i++)
        {
            if (sample.Value.Labels[i].Name == name)
            {
                return sample.Labels[i];
            }
        }

        return null;
    }
}
