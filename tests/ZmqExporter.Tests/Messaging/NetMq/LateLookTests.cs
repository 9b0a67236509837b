using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Tests.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>Our own client is asked when the time of the probe is over: that it is so late says nothing of the server.</summary>
public sealed class LateLookTests : IDisposable
{
    private const uint Connection = 1;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8);

    private static readonly ZmtpError ConnectTimeout = new(ZmtpErrorCode.ConnectTimeout, "it did not connect in time");
    private static readonly ZmtpError HandshakeTimeout = new(ZmtpErrorCode.HandshakeTimeout, "it did not shake hands in time");
    private static readonly ZmtpError Protocol = new(ZmtpErrorCode.Protocol, "an unknown command");

    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly FakeLink _seen;

    public LateLookTests()
    {
        _timers = new TimerQueue(_time);
        _seen = new FakeLink(_time);
    }

    public void Dispose() => _timers.Dispose();

    [Theory]
    [InlineData(8, 8)]
    [InlineData(0.5, 1)]
    [InlineData(-2, 1)]
    public async Task LookAsync_LittleTimeIsLeft_GetsAnEighthOfTheTimeout(double left, double gets)
    {
        _seen.Opening = () => new LinkOutcome(LinkOutcomeKind.Opened, _timers.Now);
        using var own = new DiagnosticClient(_ => _seen, _timers, Timeout);

        await own.LookAsync(_timers.After(TimeSpan.FromSeconds(left)), listens: false);

        Assert.Equal(_timers.After(TimeSpan.FromSeconds(gets)), _seen.OpenUntil);
    }

    [Fact]
    public async Task ReceiveAsync_LossIsToldAfterTheDeadline_IsWhatOurOwnClientFinds()
    {
        // As it would: a connect at a time that is over is a timeout, whoever accepts it.
        _seen.Opening = () => Failed(_seen.OpenUntil <= _timers.Now ? ConnectTimeout : Protocol);
        Assert.Equal(Protocol, await ErrorOfLateLossAsync());
    }

    [Fact]
    public async Task ReceiveAsync_LossIsToldAfterTheDeadlineAndOurOwnClientTakesLong_IsTheLoss()
    {
        _seen.Opening = () =>
        {
            _time.Advance(NetMqWait.Grace);
            return Failed(HandshakeTimeout);
        };
        Assert.Equal(ZmtpErrorCode.Disconnected, (await ErrorOfLateLossAsync())?.Code);
    }

    // The worker tells of the loss when it is asked to look, after the deadline.
    private async Task<ZmtpError?> ErrorOfLateLossAsync()
    {
        var settings = new WorkerSettings(NullLogger.Instance)
        {
            // To await a message, and to look.
            Program = ShellWorker.Program(string.Join(
                "; ",
                ShellWorker.SaysHello,
                ShellWorker.Reads,
                ShellWorker.SaysEvent(Connection, ConnectionEvent.Connected),
                ShellWorker.ReadsQuestions(2),
                ShellWorker.SaysLost(Connection),
                ShellWorker.ReadsTheRest)),
        };
        using var workers = new NetMqWorkers(new ZmtpContext(_timers, new NameResolver()), settings);
        Assert.True(ZmtpEndpoint.TryParse("tcp://127.0.0.1:5555", out var endpoint, out _));
        var options = new LinkOptions { Name = "orders", Endpoint = endpoint, SocketType = SocketType.Req, AttemptTimeout = Timeout };
        using var own = new DiagnosticClient(_ => _seen, _timers, Timeout);
        using var link = new NetMqLink(options, workers, own, new NobodyListens());
        var deadline = _timers.After(Timeout);
        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(deadline).AsTask().WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken)).Kind);

        var received = link.ReceiveAsync(deadline).AsTask();
        _time.Advance(Timeout);
        return (await received.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken)).Error;
    }

    private LinkOutcome Failed(ZmtpError error) => new(LinkOutcomeKind.Failed, _timers.Now, Error: error);
}
