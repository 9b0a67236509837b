using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;
using ZmqExporter.Targets;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>The numbers of replies and messages, under the names that the configuration gives them.</summary>
internal static class ValueMetrics
{
    private static readonly LabelSet[] Mappings = LabelSet.OnePerMember(MetricLabels.Mapping, EnumLabels<Mapping>.All);

    public static ImmutableArray<MetricFamily> All { get; } =
    [
        new(
            MetricNames.TargetUnmapped,
            MetricType.Gauge,
            "How many mappings of a kind (sequence, per, sent_at, entries of values) find nothing in what comes. Absent while all find something.",
            (target, to) =>
            {
                for (var mapping = 0; mapping < (target.Unmapped.IsEmpty ? 0 : Mappings.Length); mapping++)
                {
                    if (target.Unmapped.Count(source => (int)source.Mapping == mapping) is > 0 and var count)
                    {
                        to.Value(Mappings[mapping], count);
                    }
                }
            }),
        new(
            MetricNames.ValuesDropped,
            MetricType.Counter,
            "Values of replies and messages that were more than their metric's max_series.",
            (target, to) =>
            {
                if (target.Config.Module.Prober is not { Values.IsEmpty: true, Heartbeat: null })
                {
                    to.Value(target.DroppedValues);
                }
            }),
    ];

    /// <summary>The families that these targets have values of, by name.</summary>
    public static ImmutableArray<MetricFamily> Of(IEnumerable<TargetSnapshot> snapshots)
    {
        SortedDictionary<string, ValueConfig>? known = null;
        foreach (var snapshot in snapshots)
        {
            Collect(snapshot.Values, ref known);
        }

        return known is null ? [] :
        [
            .. known.Values.Select(value => new MetricFamily(value.Metric, TypeOf(value), value.Help, (target, to) => Write(target.Values, value.Metric, to))
            {
                IsCreatedWithTarget = false,
            }),
        ];
    }

    /// <summary>The families of some values, by name.</summary>
    public static ImmutableArray<FamilyHeader> HeadersOf(ImmutableArray<ValueSample> samples)
    {
        SortedDictionary<string, ValueConfig>? known = null;
        Collect(samples, ref known);
        return known is null ? [] : [.. known.Values.Select(value => new FamilyHeader(value.Metric, TypeOf(value), value.Help) { IsCreatedWithTarget = false })];
    }

    /// <summary>Writes the values of one metric.</summary>
    public static void Write(ImmutableArray<ValueSample> samples, string metric, SampleWriter to)
    {
        foreach (var sample in samples)
        {
            if (sample.Value.Metric == metric)
            {
                to.Value(LabelsOf(sample), sample.Number);
            }
        }
    }

    private static void Collect(ImmutableArray<ValueSample> samples, ref SortedDictionary<string, ValueConfig>? known)
    {
        foreach (var sample in samples)
        {
            known ??= new SortedDictionary<string, ValueConfig>(StringComparer.Ordinal);
            _ = known.TryAdd(sample.Value.Metric, sample.Value);
        }
    }

    private static MetricType TypeOf(ValueConfig value) => value.Type == ValueKind.Counter ? MetricType.Counter : MetricType.Gauge;

    private static LabelSet LabelsOf(ValueSample sample)
    {
        var labels = sample.Value.Labels;
        if (labels.IsEmpty)
        {
            return LabelSet.Empty;
        }

        var pairs = new (string, string)[labels.Length];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = (labels[i].Name, sample.Labels[i]);
        }

        return new LabelSet(pairs);
    }
}
