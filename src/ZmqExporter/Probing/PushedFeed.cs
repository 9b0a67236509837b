using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>The heartbeats of one service, as one target sees them: those of a feed, that come from whoever pushes them. Thread-safe.</summary>
/// <param name="config">What is looked at.</param>
/// <param name="observer">Is notified of what came.</param>
/// <param name="time">The clock.</param>
internal sealed class PushedFeed(ListenProberConfig config, IProbeObserver observer, TimeProvider time)
{
    private readonly Lock _lock = new(); // several connections may push for one service
    private readonly SubscriptionIntake _intake = new(config.Feed, time);
    private PushSender? _sender;
    private string? _instance;

    /// <summary>When what came.</summary>
    public FeedTimes Times => _intake.Look().Feed;

    /// <summary>Who sent last; null before the first.</summary>
    public PushSender? Sender
    {
        get
        {
            lock (_lock)
            {
                return _sender;
            }
        }
    }

    /// <summary>A message came.</summary>
    public void Add(ZmtpMessage message, PushSender sender, Timestamp arrived)
    {
        lock (_lock)
        {
            for (var i = 0; i < message.FrameCount; i++)
            {
                _intake.OnFrame(i, message[i], message[i].Length, isLast: i == message.FrameCount - 1);
            }

            if (_intake.OnFramesRead(arrived) is not { } batch)
            {
                return;
            }

            _sender = sender;
            observer.OnSubscriptionRead(batch);
            foreach (var report in _intake.TakeReports())
            {
                _instance = report.Instance;
                observer.OnHeartbeat(report);
            }
        }
    }

    /// <summary>What has come since the last call, and who sent last.</summary>
    public (SubscriptionView View, PushSender? Sender, string? Instance) Take()
    {
        lock (_lock)
        {
            return (_intake.Take(), _sender, _instance);
        }
    }

    /// <summary>The numbers of the last heartbeat; null when there are none.</summary>
    public MessageValues? TakeValues()
    {
        lock (_lock)
        {
            return _intake.TakeValues();
        }
    }

    /// <summary>What has come was not good: its numbers are old ones.</summary>
    public void ForgetValues()
    {
        lock (_lock)
        {
            _intake.OnDown();
        }
    }
}
