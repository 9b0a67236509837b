using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using ZmqExporter.Messaging;

namespace ZmqExporter.Probing;

/// <summary>
/// Keeps when a feed last showed that it lives. Our own acts make no evidence: a subscriber that reconnects to a last-value cache or to a publisher
/// with a welcome message is sent something at once, whether the feed lives or not. So what comes right after a connection that took
/// the place of one that we gave up, or that came about in the middle of a silence, is no sign of life; what comes later is. Not thread-safe.
/// </summary>
internal sealed class FeedClock
{
    /// <summary>The longest time after a subscription in which messages are taken for an answer to it: half of <c>max_silence</c>, and never longer than this.</summary>
    public static readonly TimeSpan LongestBurst = TimeSpan.FromSeconds(2);

    private TimeSpan _maxSilence; // of a feed that says it itself, that of its last message
    private readonly TimeSpan _grace;
    private FeedTimes _times;
    private bool _isSilent; // said the last verdict on the feed
    private bool _isGone; // said the last attempt to connect
    private bool _isRenewing; // a probe gave the connection up
    private bool _wasDead; // because it was found dead
    private bool _isDoubted; // because nobody can tell whether it was dead or the feed is silent
    private bool _hasDoubted; // since the last sign of life

    /// <param name="config">What the feed has to keep to.</param>
    public FeedClock(SubscribeProberConfig config)
    {
        _maxSilence = config.MaxSilence;
        _grace = config.StartupGrace;
    }

    /// <summary>What is known.</summary>
    public FeedTimes Times => _times;

    /// <summary>How long the feed may be silent.</summary>
    public TimeSpan MaxSilence => _maxSilence;

    private TimeSpan Burst => TimeSpan.Min(_maxSilence / 2, LongestBurst);

    /// <summary>
    /// Whether the connection in use may be renewed because of its age: it has brought a sign of life, or has had the time for one. Without
    /// that, every message of a feed that is well could fall into the burst of yet another renewal.
    /// </summary>
    public bool MayRenew(Timestamp now) =>
        _times.Opened.IsSet && (_times.LastSign >= _times.Opened || now >= Timestamp.Max(_times.Opened, _times.BurstEnd) + _maxSilence);

    /// <summary>A connection is open and subscribed.</summary>
    public void OnSubscribed(Timestamp timestamp, SubscriptionCause cause)
    {
        var isFirst = !_times.Opened.IsSet || _isGone;
        var isRenewed = !isFirst && (_isRenewing || cause != SubscriptionCause.Connected);
        var state = _times.At(timestamp);
        _times = _times with
        {
            Opened = timestamp,
            BurstEnd = isRenewed || (!isFirst && _isSilent) ? timestamp + Burst : Timestamp.None,
            GraceUntil = !isRenewed && !_times.GraceUntil.IsSet ? timestamp + _grace : _times.GraceUntil,
        };

        // The old connection may have taken a message with it, and the last message of the burst, which does not count, may have been one
        // that the feed sent by itself: the next one may come a whole silence later. But a feed that was known to be silent lost none, and one that is renewed
        // again and again in a silence must not be spared forever; unless the silence was that of a dead connection, or may have been: once.
        // And what a failure of our own has cut off was not seen, whatever was before.
        if (isRenewed && (cause == SubscriptionCause.Restored || IsSpared(state)))
        {
            _times = _times with { ReprieveUntil = _times.BurstEnd + _maxSilence };
        }

        _isGone = false;
        _isRenewing = false;
        _wasDead = false;
        _hasDoubted |= _isDoubted;
        _isDoubted = false;
    }

    /// <summary>
    /// A connection that is to renew the one in use brings messages, and the one in use none, which may be dead. They may be an answer to the new subscriber, and
    /// so no sign. But the feed gets at once what it gets when that connection takes the place of the other.
    /// </summary>
    /// <param name="opened">Since when it is open.</param>
    public void OnAhead(Timestamp opened)
    {
        if (IsSpared(_times.At(opened)))
        {
            _times = _times with { ReprieveUntil = opened + Burst + _maxSilence };
        }
    }

    /// <summary>Messages came.</summary>
    /// <param name="timestamp">When the last of them did.</param>
    /// <param name="count">How many.</param>
    /// <param name="hasAdvanced">Whether the publisher's own numbers went on with one of them, so that it is newer than all before: no cached value is.</param>
    /// <param name="interval">Until the next one, as a heartbeat says; null for what no heartbeat is.</param>
    /// <returns>Whether they show that the feed lives.</returns>
    public bool OnMessages(Timestamp timestamp, long count, bool hasAdvanced = false, TimeSpan? interval = null)
    {
        _maxSilence = interval is { } announced ? HeartbeatProtocol.MaxSilence(announced) : _maxSilence;
        var counts = hasAdvanced || timestamp >= _times.BurstEnd;
        _times = _times with
        {
            Interval = interval ?? _times.Interval,
            LastMessage = Timestamp.Max(_times.LastMessage, timestamp),
            Total = _times.Total + count,
            InBurst = _times.InBurst + (counts ? 0 : count),
        };
        if (counts)
        {
            _hasDoubted = false;
            _times = _times with
            {
                LastSign = Timestamp.Max(_times.LastSign, timestamp),
                FreshUntil = Timestamp.Max(_times.LastSign, timestamp) + _maxSilence,
                GraceUntil = Timestamp.None,
                InBurst = 0,
            };
        }

        return counts;
    }

    /// <summary>A probe gives the connection up: the next one takes its place.</summary>
    /// <param name="wasDead">Whether nothing could come on it any more: then nobody knows for how long the feed was silent.</param>
    public void OnRenewing(bool wasDead)
    {
        _isRenewing = true;
        _wasDead = wasDead;
    }

    /// <summary>
    /// A probe gives the connection up in a silence in which nobody can tell whether it is dead or the feed stands still. What the new one
    /// brings at once does not end the silence. But the feed gets the time to show itself there, once: it may have been sending all along.
    /// </summary>
    public void OnDoubted()
    {
        _isSilent = true;
        _isRenewing = true;
        _isDoubted = true;
    }

    /// <summary>An attempt to connect failed: the server was gone, and what comes after that is its own doing.</summary>
    public void OnGone()
    {
        _isGone = true;
        _isSilent = false;
        _hasDoubted = false;
        _isDoubted = false;
    }

    /// <summary>A probe saw the feed on a connection that stood.</summary>
    public void OnVerdict(bool isSilent) => _isSilent = isSilent;

    private bool IsSpared(FeedState state) => _isDoubted ? !_hasDoubted : !_isSilent && (state is FeedState.Fresh or FeedState.Waiting || _wasDead);
}
