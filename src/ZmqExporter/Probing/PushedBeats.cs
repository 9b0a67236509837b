using ZmqExporter.Heartbeat;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Brings heartbeats that are pushed to the targets that expect them. Thread-safe.</summary>
internal sealed class PushedBeats
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PushedFeed[]> _feeds = new(StringComparer.Ordinal);
    private volatile IPushListener? _listener;

    /// <summary>Who takes them; null when nobody does.</summary>
    public IPushListener? Listener { get => _listener; set => _listener = value; }

    /// <summary>A target expects the heartbeats of a service.</summary>
    public void Add(string service, PushedFeed feed)
    {
        lock (_lock)
        {
            _feeds[service] = [.. _feeds.GetValueOrDefault(service) ?? [], feed];
        }
    }

    /// <summary>It does so no more.</summary>
    public void Remove(string service, PushedFeed feed)
    {
        lock (_lock)
        {
            PushedFeed[] left = [.. (_feeds.GetValueOrDefault(service) ?? []).Where(other => other != feed)];
            if (left.Length > 0)
            {
                _feeds[service] = left;
            }
            else
            {
                _feeds.Remove(service);
            }
        }
    }

    /// <summary>A message was pushed.</summary>
    /// <param name="message">It.</param>
    /// <param name="sender">By whom.</param>
    /// <param name="arrived">When it came.</param>
    /// <returns>What became of it.</returns>
    public PushOutcome Deliver(ZmtpMessage message, PushSender sender, Timestamp arrived)
    {
        // Of a beat with another mistake, whoever expects it shall say which one.
        if (!message[0].SequenceEqual(HeartbeatProtocol.Id) || message.FrameCount < 2 || message[1].Length > HeartbeatProtocol.MaxService)
        {
            return PushOutcome.Malformed;
        }

        PushedFeed[]? feeds;
        lock (_lock)
        {
            feeds = _feeds.GetValueOrDefault(System.Text.Encoding.UTF8.GetString(message[1]));
        }

        foreach (var feed in feeds ?? [])
        {
            feed.Add(message, sender, arrived);
        }

        return feeds is null ? PushOutcome.UnknownName : PushOutcome.Delivered;
    }
}

/// <summary>What became of a message that was pushed.</summary>
internal enum PushOutcome
{
    /// <summary>Targets got it.</summary>
    Delivered,

    /// <summary>No target expects heartbeats of this service.</summary>
    UnknownName,

    /// <summary>It is no heartbeat.</summary>
    Malformed,
}
