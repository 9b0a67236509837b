using System.Text;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.OnDemand;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.OnDemand;

public sealed class ReportMetricsTests
{
    [Fact]
    public void Write_Success_HasBlackboxNamesWithoutALabelOfOurs() => Assert.Equal(
        [
            "probe_success 1",
            "probe_duration_seconds 0.25",
            "probe_timeout_seconds 2",
            "probe_zmq_phase_duration_seconds{phase=\"connect\"} 0.0005",
            "probe_zmq_phase_duration_seconds{phase=\"handshake\"} 0.002",
            "probe_zmq_phase_duration_seconds{phase=\"request\"} 0.0015",
            "probe_zmq_reachable 1",
            "probe_zmq_responsive 1",
            "probe_zmq_ready 1",
            "probe_zmq_peer_info{zmtp_version=\"3.1\",mechanism=\"NULL\",socket_type=\"REP\"} 1",
        ],
        Samples(Reports.Good));

    [Fact]
    public void Write_Failure_SaysWhyAndNothingThatNobodyKnows() => Assert.Equal(
        [
            "probe_success 0",
            "probe_duration_seconds 0.25",
            "probe_timeout_seconds 2",
            "probe_zmq_failure{reason=\"refused\"} 1",
            "probe_zmq_reachable 0",
            "probe_zmq_ready 0",
        ],
        Samples(Reports.Bad));

    [Theory]
    [InlineData(ProbeOutcome.Late, true, null)]
    [InlineData(ProbeOutcome.Pending, false, "silent")]
    [InlineData(ProbeOutcome.LocalError, false, "local_error")]
    internal void Write_OtherOutcomes_AreASuccessOrAFailureToo(ProbeOutcome outcome, bool success, string? reason)
    {
        var samples = Samples(outcome == ProbeOutcome.LocalError ? ProbeResult.Local("no memory") : new ProbeResult { Outcome = outcome });

        Assert.Equal($"probe_success {(success ? 1 : 0)}", samples[0]);
        Assert.Equal(
            reason is null ? [] : [$"probe_zmq_failure{{reason=\"{reason}\"}} 1"],
            samples.Where(line => line.StartsWith("probe_zmq_failure", StringComparison.Ordinal)),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Write_OpenMetrics_EndsAsOneAndKnowsTheInfo()
    {
        var text = Write(Reports.Good, MetricsFormat.OpenMetrics);

        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE probe_zmq_peer info\nprobe_zmq_peer_info{zmtp_version=", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE probe_success gauge\nprobe_success 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Protobuf_HasTheSamplesOfTheText()
    {
        var families = ExpositionProtobuf.Parse(ReportMetrics.Write(Reports.Of(Reports.Good), MetricsFormat.Protobuf));
        var text = ExpositionText.Parse(Write(Reports.Good, MetricsFormat.Text));

        Assert.Equal(text.Select(sample => sample.ToString()).Order(StringComparer.Ordinal), families.Select(sample => sample.ToString()).Order(StringComparer.Ordinal));
    }

    private static string[] Samples(ProbeResult result) =>
        [.. Write(result, MetricsFormat.Text).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')];

    private static string Write(ProbeResult result, MetricsFormat format) => Encoding.UTF8.GetString(ReportMetrics.Write(Reports.Of(result), format));
}
