using ZmqExporter.Configuration;

namespace ZmqExporter.Probing.OneShot;

/// <summary>Gathers what a subscription read between two reports. Thread-safe.</summary>
internal sealed class SubscriptionReadings(SubscribeProberConfig config)
{
    private readonly Lock _lock = new();
    private SubscriptionReading _reading = new(config);

    /// <summary>Takes what came together.</summary>
    public void Add(in SubscriptionBatch batch)
    {
        lock (_lock)
        {
            var sequence = _reading.Sequence;
            _reading = _reading with
            {
                Messages = _reading.Messages + batch.Messages,
                Sequence = new SequenceCounts(
                    sequence.Lost + batch.Sequence.Lost,
                    sequence.LostWhileDisconnected + batch.Sequence.LostWhileDisconnected,
                    sequence.Resets + batch.Sequence.Resets,
                    sequence.Untracked + batch.Sequence.Untracked),
                Delay = batch.Delay ?? _reading.Delay,
            };
        }
    }

    /// <summary>What came since the last call.</summary>
    public SubscriptionReading Take()
    {
        lock (_lock)
        {
            var taken = _reading;
            _reading = new SubscriptionReading(config);
            return taken;
        }
    }
}
