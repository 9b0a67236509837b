using ZmqExporter.Heartbeat;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Probes one target with one module and keeps what must live between probes, such as its connection.</summary>
/// <remarks>Calls of <see cref="ProbeAsync"/> never overlap. Disposal may come while a probe runs: that probe then ends soon.</remarks>
internal interface IProber : IDisposable
{
    /// <summary>Probes once. Ends by the module's timeout. A failure is a result, an exception is a bug.</summary>
    /// <param name="stopping">Ends the probe early; its result is then meaningless and nobody may record it.</param>
    ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping);
}

/// <summary>Takes what a prober notices beside its results. Called from any thread, also between probes; must not block.</summary>
internal interface IProbeObserver
{
    /// <summary>Whether it shows messages to people. If not, nobody makes them fit to be shown.</summary>
    bool ShowsMessages => false;

    /// <summary>Whether it shows them to their last byte, and not only how each frame begins.</summary>
    bool ShowsWholeMessages => false;

    /// <summary>Whether it shows messages that a subscription brings; the same answer each time.</summary>
    bool ShowsFeed => false;

    /// <summary>Whether it shows the next message that a subscription brings, too: asked at the start of each one, and only when it shows any.</summary>
    bool WantsFeedMessage => false;

    /// <summary>The last heartbeat that the target had, by this prober or by one before it; null when none is known.</summary>
    LastBeat? LastBeat => null;

    /// <summary>Something happened to the connection.</summary>
    void OnConnectionEvent(ConnectionEvent connectionEvent);

    /// <summary>A message was sent. Only observers that show conversations care.</summary>
    void OnMessageSent(ZmtpMessage message)
    {
    }

    /// <summary>A message was received, awaited or not. Only observers that show conversations care.</summary>
    void OnMessageReceived(ZmtpMessage message)
    {
    }

    /// <summary>A subscription brought a message that is wanted.</summary>
    void OnFeedMessage(FeedMessage message)
    {
    }

    /// <summary>A probe of a subscription found that this message fails an <c>expect</c>: the first one that does, unless it came as one that is wanted.</summary>
    void OnRefusedMessage(FeedMessage message)
    {
    }

    /// <summary>A subscription brought messages: one call for all that came together.</summary>
    void OnSubscriptionRead(in SubscriptionBatch batch)
    {
    }

    /// <summary>A server said by the heartbeat protocol how it is.</summary>
    void OnHeartbeat(HeartbeatReport report)
    {
    }

    /// <summary>A reply came after its probe had ended, or answered an earlier probe.</summary>
    void OnStaleReply();
}
