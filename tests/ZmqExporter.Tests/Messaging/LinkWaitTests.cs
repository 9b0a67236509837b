using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

public sealed class LinkWaitTests : IDisposable
{
    private readonly TimerQueue _timers = new(TimeProvider.System);

    public void Dispose() => _timers.Dispose();

    // Whoever completes the wait may be the thread that waits for all sockets.
    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public async Task Complete_MessageOfAnyLength_RunsWhatFollowsAtOnceOnlyWhenItIsSmall(int length, bool isInline)
    {
        var wait = new EndlessWait(_timers);
        using var mayGoOn = new ManualResetEventSlim();
        var follower = FollowAsync(wait.Begin(Timestamp.Never, isReceive: true), Environment.CurrentManagedThreadId, mayGoOn);
        var outcome = new LinkOutcome(LinkOutcomeKind.Message, Timestamp.Now(TimeProvider.System), ZmtpMessage.FromFrames([new byte[length]]));
        Assert.True(wait.TryClaim(ref outcome));

        wait.Complete(outcome, inline: true);

        mayGoOn.Set();
        Assert.Equal(isInline, await follower);
    }

    private static async Task<bool> FollowAsync(ValueTask<LinkOutcome> wait, int thread, ManualResetEventSlim mayGoOn)
    {
        await wait.ConfigureAwait(false);
        if (Environment.CurrentManagedThreadId == thread && !mayGoOn.IsSet)
        {
            return true;
        }

        mayGoOn.Wait(TestContext.Current.CancellationToken);
        return false;
    }

    private sealed class EndlessWait(TimerQueue timers) : LinkWait(timers)
    {
        protected override void OnDue(Timestamp due, Timestamp now)
        {
        }
    }
}
