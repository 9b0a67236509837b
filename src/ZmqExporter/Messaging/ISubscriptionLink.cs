namespace ZmqExporter.Messaging;

/// <summary>
/// A SUB's way to its publisher: stays connected and subscribed between probes, and every message goes to the
/// <see cref="ISubscriptionObserver"/>. <see cref="IMessageLink.OpenAsync"/> begins a probe, <see cref="IMessageLink.ReceiveAsync"/> ends
/// with <see cref="LinkOutcomeKind.Message"/>, but without one, as soon as the observer has been given more, and
/// <see cref="IMessageLink.EndProbe"/> with <see cref="AfterProbe.Close"/> or <see cref="AfterProbe.Abort"/> renews the connection at once. There is nothing to send.
/// </summary>
internal interface ISubscriptionLink : IMessageLink;

/// <summary>Takes what a subscription brings. Called from any thread, one call at a time; must not block.</summary>
internal interface ISubscriptionObserver : ILinkObserver
{
    /// <summary>A connection is open and subscribed; what had come of a message on an earlier one never ends.</summary>
    /// <param name="timestamp">When.</param>
    /// <param name="cause">Why there is a new one.</param>
    void OnSubscribed(Timestamp timestamp, SubscriptionCause cause = SubscriptionCause.Connected);

    /// <summary>
    /// A renewal's new connection has brought a message, and the old one, which counts, nothing since: it may be dead, so that nobody can call the feed silent.
    /// <see cref="OnSubscribed"/> follows in a moment, unless the old one shows that it lives.
    /// </summary>
    /// <param name="opened">Since when the new one is open.</param>
    void OnAhead(Timestamp opened)
    {
    }

    /// <summary>How many bytes of a frame have to be at hand in <see cref="OnFrame"/>; the same answer each time.</summary>
    int KeptLength(int number);

    /// <summary>All of a frame has come.</summary>
    /// <param name="number">Its zero-based number in its message.</param>
    /// <param name="head">The body, or the start of it. Only valid during the call.</param>
    /// <param name="length">Length of the whole body.</param>
    /// <param name="isLast">Whether it ends the message.</param>
    void OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast);

    /// <summary>Everything that had come by now has been handed over.</summary>
    /// <param name="timestamp">When the last of it came; where the kernel notes that, it may be long before now.</param>
    void OnFramesRead(Timestamp timestamp);
}

/// <summary>Why a subscription has a new connection.</summary>
internal enum SubscriptionCause
{
    /// <summary>There was none: it is the first one, or the peer or the network ended the last one.</summary>
    Connected,

    /// <summary>We gave up one that stood, because of its age or because a probe asked for another: what the peer sends now may be
    /// nothing but its answer to a new subscriber.</summary>
    Renewed,

    /// <summary>As <see cref="Renewed"/>, and the old one was read until both had brought the same message, or for as long as was worth it: what they bring may overlap.</summary>
    Replaced,

    /// <summary>The last one was lost by a failure of our own, as when the process that had it ended: that nothing came meanwhile says nothing of the feed.</summary>
    Restored,
}
