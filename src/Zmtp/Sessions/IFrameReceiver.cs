using Zmtp.Timing;

namespace Zmtp.Sessions;

/// <summary>
/// Takes what one connection receives, frame by frame, as spans of the receive buffer: a stream of messages then costs no allocation, and a
/// body that nobody looks at is never held in memory. Called by the thread that reads, so it must not block; not thread-safe.
/// </summary>
public interface IFrameReceiver
{
    /// <summary>
    /// How long the next frame may be; null when any length and any amount is welcome: what was subscribed to is no flood, and TCP slows a
    /// peer down to what is taken.
    /// </summary>
    int? MaxLength { get; }

    /// <summary>How many bytes of a frame have to be at hand in <see cref="OnFrame"/>; of a longer one, the rest is skipped. The same answer each time.</summary>
    /// <param name="number">The frame's zero-based number in its message.</param>
    int KeptLength(int number);

    /// <summary>All of a frame has come.</summary>
    /// <param name="number">The frame's zero-based number in its message.</param>
    /// <param name="head">The body, or the start of it: at least what <see cref="KeptLength"/> says. Only valid during the call.</param>
    /// <param name="length">Length of the whole body.</param>
    /// <param name="isLast">Whether it ends the message.</param>
    /// <returns>Why the conversation is over, or null.</returns>
    ZmtpError? OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast);

    /// <summary>Every frame of one read has been handed over: the place for what need not be done for each message.</summary>
    /// <param name="timestamp">When the last of the bytes came, on the timer queue's clock; where the system does not tell, when they were read.</param>
    void OnFramesRead(Timestamp timestamp)
    {
    }

    /// <summary>
    /// Whether the subscriptions of the peer are wanted, as a PUB wants them: then <see cref="OnSubscription"/> takes those that come as commands, and
    /// each counts as a frame. A peer of ZMTP 3.0 sends them as messages. The same answer each time.
    /// </summary>
    bool TakesSubscriptions => false;

    /// <summary>The peer subscribed to a topic, or does so no more (RFC 37, "SUBSCRIBE" and "CANCEL").</summary>
    /// <param name="isSubscribed">Whether it subscribes.</param>
    /// <param name="topic">The prefix of the messages that it wants. Only valid during the call.</param>
    void OnSubscription(bool isSubscribed, ReadOnlySpan<byte> topic)
    {
    }

    /// <summary>Gives pooled memory back. Nothing is received afterwards.</summary>
    void Release()
    {
    }
}
