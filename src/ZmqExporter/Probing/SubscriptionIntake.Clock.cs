using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What a subscription's connections and verdicts mean for its clock.</summary>
internal sealed partial class SubscriptionIntake
{
    /// <summary>How long the feed may be silent, by now.</summary>
    public TimeSpan MaxSilence
    {
        get
        {
            lock (_lock)
            {
                return _clock.MaxSilence;
            }
        }
    }

    /// <summary>See <see cref="FeedClock.MayRenew"/>.</summary>
    public bool MayRenew(Timestamp now)
    {
        lock (_lock)
        {
            return _clock.MayRenew(now);
        }
    }

    /// <summary>A probe gives the connection up: the next one takes its place.</summary>
    /// <param name="wasDead">See <see cref="FeedClock.OnRenewing"/>.</param>
    public void OnRenewing(bool wasDead)
    {
        lock (_lock)
        {
            _clock.OnRenewing(wasDead);
        }
    }

    /// <summary>A probe gives up a silent connection: see <see cref="FeedClock.OnDoubted"/>.</summary>
    public void OnDoubted()
    {
        lock (_lock)
        {
            _clock.OnDoubted();
        }
    }

    /// <summary>A probe could not connect. What the publisher comes back with has nothing to do with its numbers from before.</summary>
    public void OnGone()
    {
        _inspector?.Values?.Clear();
        lock (_lock)
        {
            _clock.OnGone();
        }
    }

    /// <summary>A probe saw the feed on a connection that stood. The numbers of one that is silent are old ones.</summary>
    public void OnVerdict(bool isSilent)
    {
        if (isSilent)
        {
            _inspector?.Values?.Clear();
        }

        lock (_lock)
        {
            _clock.OnVerdict(isSilent);
        }
    }

    /// <summary>The target is down: what it had before is not what it comes back with.</summary>
    public void OnDown() => _inspector?.Values?.Clear();
}
