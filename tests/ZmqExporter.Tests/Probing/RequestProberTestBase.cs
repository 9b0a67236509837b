using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary>What tests of requests have besides: probers for a request, or for the steps of one, with and without a connection from before.</summary>
public abstract class RequestProberTestBase : ProberTestBase
{
    private protected static void AnswerOrReset(FakeLink link, bool resets, string reply = "pong")
    {
        if (resets)
        {
            link.Lose();
            link.After(1, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "the peer reset the connection") { IsByPeer = true });
        }
        else
        {
            link.ReplyAfter(1, reply);
        }
    }

    private protected static (ProbeOutcome Outcome, string Detail) Words(ProbeResult result) => (result.Outcome, result.Detail);

    private protected static async Task<ProbeResult> ProbeAsync(RequestProber prober) => await prober.ProbeAsync(TestContext.Current.CancellationToken);

    /// <summary>A prober with a connection from an earlier probe, which went well.</summary>
    private protected async Task<RequestProber> KeptAsync(string send, string expected, params ExpectConfig[] more)
    {
        _link.Sent = (link, message) => link.ReplyAfter(1, send == "ping" ? "pong" : FakeLink.Text(message), "pong");
        var prober = Prober(send, [Equal(expected), .. more]);
        Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync(prober)).Outcome);
        _link.Pass(1000);
        return prober;
    }

    private protected RequestProber Prober(string send, params ReadOnlySpan<ExpectConfig> expects) => Prober(send, 0.5, expects);

    private protected RequestProber Prober(string send, double lateAfter, params ReadOnlySpan<ExpectConfig> expects)
    {
        var target = Target(new RequestProberConfig(SocketType.Req, Persistent: true, [Step(send, expects)]), lateAfter: lateAfter);
        return new RequestProber(target, LinkSetup.OptionsFor(target), _link, _time, _observer);
    }

    private protected RequestProber Prober(params ReadOnlySpan<RequestStepConfig> steps) => Prober(new RequestProberConfig(SocketType.Req, true, [.. steps]));

    private protected RequestProber Prober(RequestProberConfig config) => new(Target(config), LinkSetup.OptionsFor(Target(config)), _link, _time, _observer);
}
