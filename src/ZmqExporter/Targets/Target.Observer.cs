using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Targets;

/// <summary>What its connections tell a target between results.</summary>
internal sealed partial class Target : IProbeObserver
{
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
    public void OnStaleReply()
    {
        lock (_lock)
        {
            _counters.StaleReplies += _hasEnded ? 0 : 1;
        }
    }
}
