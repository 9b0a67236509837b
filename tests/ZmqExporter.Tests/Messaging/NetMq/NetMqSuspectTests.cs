using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Tests.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>What a probe of a suspect says while NetMQ cannot be asked: here a worker that ends as soon as it starts.</summary>
public sealed class NetMqSuspectTests
{
    [Fact]
    public async Task OpenAsync_OurOwnClientFindsItBroken_ThatIsTheVerdictAndNotTheWorkersEnd()
    {
        var error = new ZmtpError(ZmtpErrorCode.Protocol, "an unknown command");
        Assert.Equal([error, error, error], await ProbeThreeTimesAsync(() => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.None, Error: error)));
    }

    [Fact]
    public async Task OpenAsync_OurOwnClientFindsNothing_ThatIsNoVerdict()
    {
        var errors = await ProbeThreeTimesAsync(() => new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.None));
        Assert.All(errors, error => Assert.Equal(ZmtpErrorCode.Local, error?.Code));
    }

    private static async Task<IReadOnlyList<ZmtpError?>> ProbeThreeTimesAsync(Func<LinkOutcome> look)
    {
        using var timers = new TimerQueue(TimeProvider.System);
        var context = new ZmtpContext(timers, new NameResolver());
        using var workers = new NetMqWorkers(context, new WorkerSettings(NullLogger.Instance) { Program = ["/bin/false"] });
        Assert.True(ZmtpEndpoint.TryParse("tcp://127.0.0.1:5555", out var endpoint, out _));
        var options = new LinkOptions
        {
            Name = "orders",
            Endpoint = endpoint,
            SocketType = SocketType.Req,
            AttemptTimeout = TimeSpan.FromSeconds(60),
        };
        var seen = new FakeLink(new FakeTimeProvider()) { Opening = look, Receiving = (_, _) => new LinkOutcome(LinkOutcomeKind.TimedOut, Timestamp.None) };
        using var own = new DiagnosticClient(_ => seen, timers, options.AttemptTimeout);
        using var link = new NetMqLink(options, workers, own, new NobodyListens());
        link.Server.BecomeSuspect(timers.Now);

        var errors = new List<ZmtpError?>();
        for (var i = 0; i < 3; i++)
        {
            errors.Add((await link.OpenAsync(timers.After(TimeSpan.FromSeconds(60)))).Error);
            link.EndProbe(AfterProbe.Close);
        }

        return errors;
    }
}
