using ZmqExporter.Cli;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;
using ZmqExporter.Tests.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Cli;

public sealed class ProbeTextTests
{
    private static readonly ProbeResult Ok = new() { Outcome = ProbeOutcome.OnTime, Detail = "3 messages since the last probe" };

    private static readonly ProbeResult Failed = new()
    {
        Outcome = ProbeOutcome.Miss,
        Reason = FailureReason.Auth,
        Detail = "the peer refused us",
        Phases = new PhaseDurations(null, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(3), TimeSpan.FromSeconds(2)),
    };

    [Fact]
    public void Write_Failure_NamesTheReasonAndThatThePingIsNoTimeOfItsOwn()
    {
        var lines = Written(Target("tcp://127.0.0.1:5555"), Failed);

        Assert.Equal("FAILED (auth): TCP connected in 1.0 ms, the peer refused us", lines[^1]);
        Assert.Equal("  ping       3.0 ms  (meanwhile: part of the request's time)", lines[^2]);
    }

    [Fact]
    public void Write_NoReason_HasTheWordAlone() => Assert.Equal("OK: 3 messages since the last probe", Written(Target("tcp://127.0.0.1:5555"), Ok)[^1]);

    [Fact]
    public void Write_UnixSocket_SaysNothingOfTcp() =>
        Assert.Equal("FAILED (auth): connected in 1.0 ms, the peer refused us", Written(Target("ipc:///run/server.sock"), Failed)[^1]);

    [Theory]
    [InlineData(ProbeOutcome.OnTime, false, "", "OK: answered the handshake in 0.57 ms")]
    [InlineData(ProbeOutcome.OnTime, false, "a PING was lost", "OK: answered the handshake in 0.57 ms; a PING was lost")]
    [InlineData(ProbeOutcome.Late, false, "the connection was dead", "LATE: answered the handshake in 0.57 ms; the connection was dead")]
    [InlineData(ProbeOutcome.Late, true, "", "LATE: answered the handshake in 0.57 ms, which is late: the limit is 0.5 s from the start of the probe")]
    [InlineData(ProbeOutcome.Late, true, "it was dead", "LATE: answered the handshake in 0.57 ms, which is late: the limit is 0.5 s from the start of the probe; it was dead")]
    internal void Write_Answer_SaysWhatWasFoundAndCallsLateOnlyWhatWas(ProbeOutcome outcome, bool isSlow, string found, string line)
    {
        var result = new ProbeResult { Outcome = outcome, RoundTrip = TimeSpan.FromMilliseconds(0.57), IsSlow = isSlow, Found = found, Detail = "for the log" };
        Assert.Equal(line, Written(Target("tcp://127.0.0.1:5555"), result)[^1]);
    }

    [Fact]
    public void Write_ValueThatFindsNothing_SaysItOnce()
    {
        var target = Target("tcp://127.0.0.1:5555");
        var prober = target.Module.Prober with { Values = [new ValueConfig("n_v", "N.", ValueKind.Gauge, SourceConfig.Of(0))] };
        var result = Ok with { Values = new MessageValues([], 0), Unmapped = [new UnmappedSource(Mapping.Values, "n_v", "frame 0 is \"x\", which is no number")] };

        var lines = Written(target with { Module = target.Module with { Prober = prober } }, result);

        Assert.Equal(["  warning: values: n_v finds nothing in what comes: frame 0 is \"x\", which is no number", "OK: 3 messages since the last probe"], lines, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(0.0004, "0.4 ms")]
    [InlineData(1.5, "1.50 s")]
    [InlineData(119, "119.00 s")]
    [InlineData(5400, "1 h 30 min")]
    [InlineData(7200, "2 h")]
    public void Show_Duration_HasTheUnitsThatPeopleThinkIn(double seconds, string text) => Assert.Equal(text, ProbeVerdict.Show(TimeSpan.FromSeconds(seconds)));

    private static TargetConfig Target(string text)
    {
        Assert.True(ZmtpEndpoint.TryParse(text, out var endpoint, out _));
        return ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: true, []), endpoint);
    }

    private static string[] Written(TargetConfig target, ProbeResult result)
    {
        using var output = new StringWriter();
        ProbeText.Write(output, new ProbeConversation(target, result, []));
        return output.ToString().TrimEnd().Split('\n');
    }
}
