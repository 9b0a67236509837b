using Zmtp;

namespace ZmqExporter.Messaging;

/// <summary>The messages of a link that no probe waits for: its observer is notified of each, and between two probes there may only be so many. Thread-safe.</summary>
/// <param name="observer">Is notified of them.</param>
internal sealed class UnawaitedMessages(ILinkObserver observer)
{
    private const int Most = 1000; // nobody asked for so much

    private int _count;

    /// <summary>What is wrong with a peer that sent more.</summary>
    public static ZmtpError TooMany { get; } = new(
        ZmtpErrorCode.Protocol, FormattableString.Invariant($"the peer sent more than {Most} messages that nobody had asked for"));

    /// <summary>A probe begins: they are counted from zero again.</summary>
    public void Restart() => Volatile.Write(ref _count, 0);

    /// <summary>One has come while no probe runs.</summary>
    /// <returns>False when it is one too many.</returns>
    public bool Add(ZmtpMessage message)
    {
        observer.OnUnawaitedMessage(message);
        return Interlocked.Increment(ref _count) <= Most;
    }

    /// <summary>A probe has ended, and did not take all that came during it: that is not counted, because it was asked for.</summary>
    /// <param name="observer">Is notified of the messages among it.</param>
    /// <param name="outcomes">What it has not taken; null for nothing.</param>
    /// <returns>Whether there is a message among it.</returns>
    public static bool HandOver(ILinkObserver observer, Queue<LinkOutcome>? outcomes)
    {
        var hasMessage = false;
        while (outcomes is not null && outcomes.TryDequeue(out var outcome))
        {
            if (outcome.Message is not null)
            {
                observer.OnUnawaitedMessage(outcome.Message);
                hasMessage = true;
            }
        }

        return hasMessage;
    }
}
