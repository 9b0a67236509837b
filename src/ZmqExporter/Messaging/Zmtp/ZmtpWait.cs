using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>
/// The wait of a link over our own client. Whatever this process was held up by: what had come when the time was over is in the
/// socket and counts, so that the socket is read first.
/// </summary>
/// <param name="timers">The clock.</param>
/// <param name="delivery">Knows the connection that the wait is on.</param>
internal sealed class ZmtpWait(TimerQueue timers, ProbeDelivery<ZmtpConnection> delivery) : LinkWait(timers), IThreadPoolWorkItem
{
    private readonly TimerQueue _timers = timers;

    /// <inheritdoc />
    void IThreadPoolWorkItem.Execute()
    {
        if (!TryGetDue(_timers.Now, out var due))
        {
            return;
        }

        if (delivery.Used is { } open)
        {
            open.ReadThen(due.Until, static reading => ((Reading)reading!).End(), new Reading(this, due.Wait));
        }
        else
        {
            EndDue(due.Wait);
        }
    }

    /// <summary>The time of a wait is over and the socket has been read.</summary>
    /// <param name="wait">Which: another one that began meanwhile has a read of its own.</param>
    internal void EndDue(short wait) => TryEnd(wait, new LinkOutcome(LinkOutcomeKind.TimedOut, _timers.Now), inline: true);

    /// <inheritdoc />
    /// <remarks>Elsewhere: locks are held while an attempt is given up, and closing its socket may take its time.</remarks>
    protected override void OnDue(Timestamp due, Timestamp now) => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private sealed class Reading(ZmtpWait owner, short wait)
    {
        public void End() => owner.EndDue(wait);
    }
}
