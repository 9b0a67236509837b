using System.Collections.Frozen;
using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;

namespace ZmqExporter.OnDemand;

/// <summary>The series of one probe on demand, under blackbox_exporter's names where it has any.</summary>
internal static class ReportMetrics
{
    private static readonly LabelSet[] Reasons = LabelSet.OnePerMember(MetricLabels.Reason, EnumLabels<FailureReason>.All);

    private static readonly FrozenDictionary<string, LabelSet> Phases = new[] { "resolve", "connect", "handshake", "request", "ping" }
        .ToFrozenDictionary(phase => phase, phase => new LabelSet((MetricLabels.Phase, phase)), StringComparer.Ordinal);

    private static readonly ImmutableArray<(FamilyHeader Header, Action<ProbeReport, SampleWriter> Samples)> Families =
    [
        (Gauge("probe_success", "Whether the probe got an acceptable answer by its timeout."), (report, to) => to.Value(report.IsSuccess)),
        (Gauge("probe_duration_seconds", "How long the probe took."), (report, to) => to.Value(report.Duration.TotalSeconds)),
        (Gauge("probe_timeout_seconds", "How long it might have taken."), (report, to) => to.Value(report.Conversation.Target.Module.Timeout.TotalSeconds)),
        (Gauge("probe_zmq_phase_duration_seconds", "How long a phase took; absent when it was not reached."), WritePhases),
        (Gauge("probe_zmq_failure", "Why the probe failed; always 1, and absent when it did not."), WriteFailure),
        (Gauge("probe_zmq_reachable", "Whether a process that speaks ZMTP listens there; absent when the probe cannot know."), (report, to) => to.Value(report.Result.Reachable)),
        (Gauge("probe_zmq_responsive", "Whether the application answered in time; absent when the probe cannot know."), (report, to) => to.Value(report.Result.Responsive)),
        (Gauge("probe_zmq_ready", "Whether the answer was that of a healthy server; absent when the probe cannot know."), (report, to) => to.Value(report.Result.Ready)),
        (new FamilyHeader("probe_zmq_peer_info", MetricType.Info, "What the peer said of itself; always 1, and absent when it did not get to speak."), WritePeer),
    ];

    /// <summary>The names of all families.</summary>
    public static IEnumerable<string> Names => Families.Select(family => family.Header.Name);

    /// <summary>The series in one of the formats.</summary>
    public static byte[] Write(ProbeReport report, MetricsFormat format)
    {
        using var writer = SampleWriter.For(format, MetricsDetail.Standard);
        var values = report.Result.Values?.Samples ?? [];
        foreach (var (header, samples) in Families.AddRange(ValueMetrics.HeadersOf(values).Select(header => (header, WriteValues(header.Name)))))
        {
            if (writer.NeedsLengths)
            {
                writer.Measure(header);
                samples(report, writer);
            }

            writer.Begin(header);
            samples(report, writer);
        }

        if (format == MetricsFormat.OpenMetrics)
        {
            writer.Buffer.Append("# EOF\n"u8);
        }

        return writer.Buffer.Written.ToArray();
    }

    private static Action<ProbeReport, SampleWriter> WriteValues(string metric) => (report, to) => ValueMetrics.Write(report.Result.Values!.Value.Samples, metric, to);

    private static FamilyHeader Gauge(string name, string help) => new(name, MetricType.Gauge, help);

    private static void WritePhases(ProbeReport report, SampleWriter to)
    {
        foreach (var (name, duration) in report.Conversation.Phases)
        {
            to.Value(Phases[name], duration.TotalSeconds);
        }
    }

    private static void WriteFailure(ProbeReport report, SampleWriter to)
    {
        if (report.Reason is { } reason)
        {
            to.Value(Reasons[(int)reason], 1);
        }
    }

    private static void WritePeer(ProbeReport report, SampleWriter to)
    {
        if (report.Result.Peer is { } peer)
        {
            to.Value(PeerLabels.From(peer), 1);
        }
    }
}
