using Prometheus;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;

namespace ZmqExporter.Metrics;

/// <summary>What subscriptions brought. Only targets with <c>prober: subscribe</c> have series of these.</summary>
internal sealed class SubscriptionFamilies
{
    /// <param name="families">Where they go.</param>
    /// <param name="detail">How much is exported.</param>
    public SubscriptionFamilies(FamilyFactory families, MetricsDetail detail)
    {
        Messages = families.Counter(MetricNames.SubscriptionMessages, "Messages that came.");
        Lost = families.Counter(MetricNames.SubscriptionLost, "Messages that are missing in the publisher's sequence.");
        LastMessage = families.HiddenGauge(MetricNames.SubscriptionLastMessageTimestamp, "Unix time at which the last message came.");
        if (detail != MetricsDetail.Lean)
        {
            Bytes = families.Counter(MetricNames.SubscriptionBytes, "Bytes of the messages that came, without the framing.");
            LostWhileDisconnected = families.Counter(
                MetricNames.SubscriptionLostWhileDisconnected, "Those of the lost messages that are missing between two connections.");
            Resets = families.Counter(MetricNames.SubscriptionResets, "Restarts of the publisher's sequence.");
            Untracked = families.Counter(
                MetricNames.SubscriptionUntracked, "Messages that no loss could be seen on: no number in them, or a topic too many or too long.");
            Delay = families.HiddenGauge(
                MetricNames.SubscriptionDelay, "Seconds that the last message was on its way, by the publisher's clock and ours.");
        }
    }

    public Counter Messages { get; }

    public Counter Lost { get; }

    public Gauge LastMessage { get; }

    /// <summary>Null with lean detail.</summary>
    public Counter? Bytes { get; }

    /// <summary>Null with lean detail.</summary>
    public Counter? LostWhileDisconnected { get; }

    /// <summary>Null with lean detail.</summary>
    public Counter? Resets { get; }

    /// <summary>Null with lean detail.</summary>
    public Counter? Untracked { get; }

    /// <summary>Null with lean detail.</summary>
    public Gauge? Delay { get; }
}

/// <summary>A target's subscription. Thread-safe.</summary>
internal sealed class SubscriptionInstruments(SubscriptionFamilies families, TargetSeries series)
{
    private readonly Counter.Child _messages = series.Add(families.Messages);
    private readonly Counter.Child _lost = series.Add(families.Lost);
    private readonly Gauge.Child _lastMessage = series.Add(families.LastMessage);
    private readonly Counter.Child? _bytes = families.Bytes is { } bytes ? series.Add(bytes) : null;
    private readonly Counter.Child? _disconnected = families.LostWhileDisconnected is { } disconnected ? series.Add(disconnected) : null;
    private readonly Counter.Child? _resets = families.Resets is { } resets ? series.Add(resets) : null;
    private readonly Counter.Child? _untracked = families.Untracked is { } untracked ? series.Add(untracked) : null;
    private readonly Gauge.Child? _delay = families.Delay is { } delay ? series.Add(delay) : null;

    /// <summary>Counts what came together.</summary>
    public void Record(in SubscriptionBatch batch)
    {
        _messages.Inc(batch.Messages);
        _bytes?.Inc(batch.Bytes);
        _lastMessage.Set(batch.ArrivedAt);
        Add(_lost, batch.Sequence.Lost);
        Add(_disconnected, batch.Sequence.LostWhileDisconnected);
        Add(_resets, batch.Sequence.Resets);
        Add(_untracked, batch.Sequence.Untracked);
        if (batch.Delay is { } delay)
        {
            _delay?.Set(delay.TotalSeconds);
        }
    }

    private static void Add(Counter.Child? counter, long count)
    {
        if (count > 0)
        {
            counter?.Inc(count);
        }
    }
}
