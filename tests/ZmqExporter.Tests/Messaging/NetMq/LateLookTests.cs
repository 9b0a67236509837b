using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>Our own client is asked when the time of the probe is over: that it is so late says nothing of the server.</summary>
public sealed class LateLookTests() : ShellWorkerTest(TimeSpan.FromSeconds(8))
{
    private const uint Connection = 1;

    private static readonly ZmtpError ConnectTimeout = new(ZmtpErrorCode.ConnectTimeout, "it did not connect in time");
    private static readonly ZmtpError HandshakeTimeout = new(ZmtpErrorCode.HandshakeTimeout, "it did not shake hands in time");
    private static readonly ZmtpError Protocol = new(ZmtpErrorCode.Protocol, "an unknown command");

    [Theory]
    [InlineData(8, 8)]
    [InlineData(0.5, 1)]
    [InlineData(-2, 1)]
    public async Task LookAsync_LittleTimeIsLeft_GetsAnEighthOfTheTimeout(double left, double gets)
    {
        Seen.Opening = () => new LinkOutcome(LinkOutcomeKind.Opened, Timers.Now);

        await Client.LookAsync(Timers.After(TimeSpan.FromSeconds(left)), listens: false);

        Assert.Equal(Timers.After(TimeSpan.FromSeconds(gets)), Seen.OpenUntil);
    }

    [Fact]
    public async Task ReceiveAsync_LossIsToldAfterTheDeadline_IsWhatOurOwnClientFinds()
    {
        // As it would: a connect at a time that is over is a timeout, whoever accepts it.
        Seen.Opening = () => Failed(Seen.OpenUntil <= Timers.Now ? ConnectTimeout : Protocol);
        Assert.Equal(Protocol, await ErrorOfLateLossAsync());
    }

    [Fact]
    public async Task ReceiveAsync_LossIsToldAfterTheDeadlineAndOurOwnClientTakesLong_IsTheLoss()
    {
        Seen.Opening = () =>
        {
            Time.Advance(NetMqWait.Grace);
            return Failed(HandshakeTimeout);
        };
        Assert.Equal(ZmtpErrorCode.Disconnected, (await ErrorOfLateLossAsync())?.Code);
    }

    // The worker tells of the loss when it is asked to look, after the deadline.
    private async Task<ZmtpError?> ErrorOfLateLossAsync()
    {
        var link = Link(
            ShellWorker.SaysHello,
            ShellWorker.Reads,
            ShellWorker.SaysEvent(Connection, ConnectionEvent.Connected),
            ShellWorker.ReadsQuestions(2), // to await a message, and to look
            ShellWorker.SaysLost(Connection),
            ShellWorker.ReadsTheRest);
        var deadline = Timers.After(Timeout);
        Assert.Equal(LinkOutcomeKind.Opened, (await WithinDeadline(link.OpenAsync(deadline))).Kind);

        var received = WithinDeadline(link.ReceiveAsync(deadline));
        Time.Advance(Timeout);
        return (await received).Error;
    }

    private LinkOutcome Failed(ZmtpError error) => new(LinkOutcomeKind.Failed, Timers.Now, Error: error);
}
