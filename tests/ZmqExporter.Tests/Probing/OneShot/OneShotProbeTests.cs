using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;
using Zmtp;

namespace ZmqExporter.Tests.Probing.OneShot;

public sealed class OneShotProbeTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task ProbeAsync_Answer_TellsWhatWasSaidAndHowItEnded()
    {
        var conversation = await ConverseAsync("pong");

        Assert.Equal(["* handshake_succeeded", "> \"ping\"", "< \"pong\""], conversation.Entries.Select(entry => entry.ToString()), StringComparer.Ordinal);
        Assert.Equal(ProbeOutcome.OnTime, conversation.Result.Outcome);
        Assert.Equal(["connect", "handshake", "request"], conversation.Phases.Select(phase => phase.Name), StringComparer.Ordinal);
        Assert.Null(conversation.Reading);
    }

    [Fact]
    public async Task ToLine_WrongAnswer_HasAllMembersInTheirOrder()
    {
        var conversation = await ConverseAsync("<pang>");

        var line = (ProbeJson.Of(conversation, "; and more") with { ExitCode = 2 }).ToLine();

        Assert.DoesNotContain("exit_code", ProbeJson.Of(conversation).ToLine(), StringComparison.Ordinal); // of a process only
        Assert.DoesNotContain('\n', line);
        Assert.Contains("<pang>", line, StringComparison.Ordinal); // as it is: this is for a terminal
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        Assert.Equal(
            [
                "target", "endpoint", "module", "prober", "outcome", "exit_code", "reason", "verdict", "reachable", "responsive", "ready", "round_trip_seconds",
                "elapsed_seconds", "phase_seconds", "peer", "subscription", "values", "trace",
            ],
            root.EnumerateObject().Select(member => member.Name),
            StringComparer.Ordinal);
        Assert.Equal(("failed", 2, "unexpected_reply"), (root.GetProperty("outcome").GetString(), root.GetProperty("exit_code").GetInt32(), root.GetProperty("reason").GetString()));
        Assert.EndsWith("; and more", root.GetProperty("verdict").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("round_trip_seconds").ValueKind);
        Assert.Equal(["connect", "handshake", "request"], root.GetProperty("phase_seconds").EnumerateObject().Select(phase => phase.Name), StringComparer.Ordinal);
        Assert.Equal("""{"kind":"received","texts":["\"<pang>\""]}""", root.GetProperty("trace").EnumerateArray().Last().GetRawText());
    }

    [Fact]
    public void ToLine_Subscription_HasPeerAndReading()
    {
        var target = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: true, []));
        var feed = new SubscribeProberConfig([[]], TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), []) { Sequence = SequenceConfig.OfFrame(1, new BinaryNumber(BinaryKind.Unsigned, 4, IsBigEndian: false)) };
        var reading = new SubscriptionReading(feed) { Messages = 10, Sequence = new SequenceCounts(3, 0, 1, 2), Delay = TimeSpan.FromSeconds(1.5) };
        var metadata = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("Identity", "a");
        var result = new ProbeResult { Outcome = ProbeOutcome.OnTime, Peer = new PeerInfo(3, 1, "NULL", "PUB", metadata) };

        using var json = JsonDocument.Parse(ProbeJson.Of(new ProbeConversation(target, result, [], reading)).ToLine());

        Assert.Equal(
            """{"zmtp_version":"3.1","mechanism":"NULL","socket_type":"PUB","metadata":{"Identity":"a"}}""", json.RootElement.GetProperty("peer").GetRawText());
        Assert.Equal(
            """{"messages":10,"numbers_read":8,"lost":3,"unreadable":2,"resets":1,"delay_seconds":1.5,"warnings":[]}""",
            json.RootElement.GetProperty("subscription").GetRawText());
    }

    [Theory]
    [InlineData(null, 2, 0.5)]
    [InlineData(5.0, 5, 0.5)]
    [InlineData(0.4, 0.4, 0.2)]
    public void Target_TimeoutOfTheCaller_KeepsTheSoftDeadlineBelowIt(double? timeout, double hard, double soft)
    {
        var module = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: true, [])).Module;
        Assert.True(ZmtpEndpoint.TryParse("tcp://127.0.0.1:1", out var endpoint, out _));

        var target = OneShotProbe.Target(endpoint, module, timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

        Assert.Equal(("probe", endpoint), (target.Name, target.Endpoint));
        Assert.Equal((TimeSpan.FromSeconds(hard), TimeSpan.FromSeconds(soft)), (target.Module.Timeout, target.Module.Policy.LateAfter));
    }

    private async Task<ProbeConversation> ConverseAsync(string reply)
    {
        var link = new FakeLink(_time) { Sent = (link, _) => link.ReplyAfter(1, reply) };
        var target = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: true, [ProbeCases.Step("ping", ProbeCases.Equal("pong"))]));
        using var probe = new OneShotProbe(new ProberFactory(link, _time), target);
        var conversation = await probe.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.False(link.Disposed);
        return conversation;
    }
}
