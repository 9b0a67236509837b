using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>What a probe of a suspect says while NetMQ cannot be asked: here a worker that ends as soon as it starts.</summary>
public sealed class NetMqSuspectTests() : ShellWorkerTest(TimeSpan.FromSeconds(60), TimeProvider.System)
{
    [Fact]
    public async Task OpenAsync_OurOwnClientFindsItBroken_ThatIsTheVerdictAndNotTheWorkersEnd()
    {
        var error = new ZmtpError(ZmtpErrorCode.Protocol, "an unknown command");
        Assert.Equal([error, error, error], await ProbeThreeTimesAsync(new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.None, Error: error)));
    }

    [Fact]
    public async Task OpenAsync_OurOwnClientFindsNothing_ThatIsNoVerdict()
    {
        var errors = await ProbeThreeTimesAsync(new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.None));
        Assert.All(errors, error => Assert.Equal(ZmtpErrorCode.Local, error?.Code));
    }

    private async Task<IReadOnlyList<ZmtpError?>> ProbeThreeTimesAsync(LinkOutcome look)
    {
        Seen.Opening = () => look;
        Seen.Receiving = (_, _) => new LinkOutcome(LinkOutcomeKind.TimedOut, Timestamp.None);
        var link = Link("exit 1");
        link.Server.BecomeSuspect(Timers.Now);

        var errors = new List<ZmtpError?>();
        for (var i = 0; i < 3; i++)
        {
            errors.Add((await link.OpenAsync(Timers.After(Timeout))).Error);
            link.EndProbe(AfterProbe.Close);
        }

        return errors;
    }
}
