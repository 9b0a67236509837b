using ZmqExporter.Heartbeat;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;
using Zmtp;

namespace ZmqExporter.Targets;

/// <summary>What its connections tell a target between results.</summary>
internal sealed partial class Target : IProbeObserver
{
    private LastMessages _messages;
    private volatile bool _hidesMessages;

    /// <inheritdoc />
    public bool ShowsMessages => !_hidesMessages; // then nobody makes them fit to be shown

    /// <inheritdoc />
    public void OnMessageSent(ZmtpMessage message)
    {
        if (!_hidesMessages)
        {
            _messages.OnSent(message);
        }
    }

    /// <inheritdoc />
    public void OnMessageReceived(ZmtpMessage message)
    {
        if (!_hidesMessages)
        {
            _messages.OnReceived(message);
        }
    }

    /// <inheritdoc />
    public void OnRefusedMessage(FeedMessage message) => OnMessageReceived(message.Heads);

    /// <inheritdoc />
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        if (_isLean)
        {
            return;
        }

        lock (_lock)
        {
            if (!_hasEnded)
            {
                _counters.ConnectionEvents.Increment((int)connectionEvent);
                _history.OnEvent(connectionEvent, _time.GetUtcNow());
            }
        }
    }

    /// <inheritdoc />
    public void OnSubscriptionRead(in SubscriptionBatch batch)
    {
        lock (_lock)
        {
            if (!_hasEnded)
            {
                _subscription = (_subscription ?? SubscriptionCounters.None).With(batch);
            }
        }
    }

    /// <inheritdoc />
    public LastBeat? LastBeat
    {
        get
        {
            lock (_lock)
            {
                return _heartbeat?.LastBeat;
            }
        }
    }

    /// <inheritdoc />
    public void OnHeartbeat(HeartbeatReport report)
    {
        lock (_lock)
        {
            if (!_hasEnded)
            {
                _heartbeat?.Note(report, _time.GetUtcNow());
            }
        }
    }

    /// <inheritdoc />
    public void OnStaleReply()
    {
        lock (_lock)
        {
            _counters.StaleReplies += _hasEnded ? 0 : 1;
        }
    }
}
