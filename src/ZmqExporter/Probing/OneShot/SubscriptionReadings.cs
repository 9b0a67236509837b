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
            _reading = _reading.With(batch);
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
