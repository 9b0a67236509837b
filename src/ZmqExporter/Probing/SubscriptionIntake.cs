using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using ZmqExporter.Heartbeat;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// Takes a subscription's frames and keeps what a probe wants to know. Nothing is allocated for a message, unless conditions have to
/// be checked on it, and what is kept of it is bounded. The frames and the connections come one call at a time; all else is thread-safe.
/// </summary>
internal sealed partial class SubscriptionIntake
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly int[] _kept;
    private readonly ContentBuffer _buffer = new();
    private readonly FeedSources? _sources;
    private readonly SequenceIntake? _sequence;
    private readonly TimeIntake? _times;
    private readonly MessageInspector? _inspector;
    private readonly MessageIdentity? _identity;
    private readonly TopicRates? _rates;
    private readonly HeartbeatIntake? _beats;

    // The message that is coming in.
    private long _size;
    private int _frames;

    // The read that is coming in.
    private long _messages;
    private long _bytes;
    private long _refused;
    private string? _problem;
    private string? _lastProblem;
    private FeedMessage? _refusedMessage;

    // What the next probe gets; guarded by the lock.
    private readonly FeedClock _clock;
    private readonly MappingWindows _mappings;
    private SubscriptionView _view;
    private string? _standing;
    private volatile int _window; // counts the probes

    /// <param name="config">What is looked at.</param>
    /// <param name="time">The clock.</param>
    /// <param name="shown">How many bytes of each frame of a message that fails an <c>expect</c> can be shown; 0 when nobody looks.</param>
    public SubscriptionIntake(SubscribeProberConfig config, TimeProvider time, int shown = 0)
    {
        _time = time;
        _sources = ModuleParts.FeedOf(config)?.Bind();
        _sequence = config.Sequence is { } sequence ? new SequenceIntake(sequence, _sources!) : null;
        _times = config.SentAt is { } sentAt ? new TimeIntake(sentAt, _sources!, time) : null;
        var conditions = ModuleParts.ConditionsOf(config);
        _inspector = conditions is null ? null : new MessageInspector(conditions, time);
        _identity = config.Expect.IsEmpty ? null : new MessageIdentity(shown);
        _rates = TopicRates.Of(config);
        _beats = config.Heartbeat is { } heartbeat ? new HeartbeatIntake(heartbeat) : null;
        _mappings = new MappingWindows([.. _sequence?.Watches ?? [], .. _times is null ? Array.Empty<MappingWatch>() : [_times.Watch], .. _inspector?.Watches ?? []]);
        _kept = KeptLengths(conditions?.Inspected ?? []);
        _clock = new FeedClock(config);
    }

    /// <summary>How many bytes of a frame have to be at hand.</summary>
    public int KeptLength(int number) => Math.Max(number < _kept.Length ? _kept[number] : 0, _identity?.KeptLength(number) ?? 0);

    /// <summary>A connection is open and subscribed.</summary>
    public void OnSubscribed(Timestamp timestamp, SubscriptionCause cause)
    {
        _sequence?.OnReconnected(overlaps: cause == SubscriptionCause.Replaced);
        _inspector?.Clear();
        _beats?.Clear();
        lock (_lock)
        {
            _clock.OnSubscribed(timestamp, cause);
        }
    }

    /// <summary>A connection that is to renew the one in use brings messages, and the one in use none.</summary>
    public void OnAhead(Timestamp opened)
    {
        lock (_lock)
        {
            _clock.OnAhead(opened);
        }
    }

    /// <summary>A frame has come.</summary>
    /// <param name="number">Which, from 0.</param>
    /// <param name="head">As much of it as is at hand.</param>
    /// <param name="length">Of all of it.</param>
    /// <param name="isLast">Whether it ends the message.</param>
    /// <param name="isShown">Whether the message that it ends has been shown already.</param>
    public void OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast, bool isShown = false)
    {
        if (_beats is null)
        {
            Take(number, head, length, isLast, isShown);
        }
        else if (_beats.Add(number, head, length, isLast) is { } beat)
        {
            for (var i = 0; i < beat.FrameCount; i++)
            {
                Take(i, beat[i], beat[i].Length, isLast: i == beat.FrameCount - 1, isShown);
            }
        }
    }

    /// <summary>What heartbeats said since the last call; empty for other feeds.</summary>
    public IReadOnlyCollection<HeartbeatReport> TakeReports() => _beats?.Take() ?? [];

    private void Take(int number, ReadOnlySpan<byte> head, int length, bool isLast, bool isShown)
    {
        if (number == 0)
        {
            _size = 0;
            _rates?.OnTopic(head);
        }

        _size += length;
        _frames = number + 1;
        _sources?.Forget();
        _sequence?.OnFrame(number, head, length, _buffer, _window);
        _times?.OnFrame(number, head, length, _buffer, _window);
        _inspector?.Add(number, head, length);
        _identity?.OnFrame(number, head, length);
        if (isLast)
        {
            EndMessage(isShown);
        }
    }

    /// <summary>Everything of a read has come.</summary>
    /// <param name="timestamp">When it came.</param>
    /// <returns>What it was, or null when no message ended with it.</returns>
    public SubscriptionBatch? OnFramesRead(Timestamp timestamp)
    {
        if (_messages == 0)
        {
            return null;
        }

        // That we came late to read it is no delay of the publisher's.
        var arrived = _time.GetUtcNow() - timestamp.Elapsed(_time);
        TimeSpan? delay = _times?.Take() is { } sentAt ? TimeSpan.FromSeconds(Math.Clamp(UnixSeconds(arrived) - sentAt, -1e9, 1e9)) : null;
        var hasAdvanced = _sequence is { HasAdvanced: true };
        var numbers = _sequence?.TakeCounts() ?? default;
        var batch = new SubscriptionBatch(_messages, _bytes, numbers, delay, arrived) { Followed = _sequence is null ? 0 : _messages - numbers.Untracked };
        _inspector?.EndRead();
        lock (_lock)
        {
            _view = _view with
            {
                Messages = _view.Messages + _messages,
                Refused = _view.Refused + _refused,
                Problem = _view.Problem ?? _problem,
                RefusedMessage = _view.Problem is null ? _refusedMessage : _view.RefusedMessage,
                Delay = delay ?? _view.Delay,
            };
            _standing = _lastProblem;
            var counts = _clock.OnMessages(timestamp, _messages, hasAdvanced, _beats?.Interval);
            _rates?.EndRead(timestamp, counts);
            _mappings.Add();
        }

        _messages = 0;
        _bytes = 0;
        _refused = 0;
        _problem = null;
        _refusedMessage = null;
        return batch;
    }

    /// <summary>What has been seen.</summary>
    public SubscriptionView Look()
    {
        lock (_lock)
        {
            return _view with { Feed = _clock.Times };
        }
    }

    /// <summary>What has been seen; the counts since the last probe begin at 0 again.</summary>
    public SubscriptionView Take()
    {
        lock (_lock)
        {
            // A message that was wrong stays wrong until a better one comes, however many probes look meanwhile.
            var view = _view with { Feed = _clock.Times, Problem = _view.Messages == 0 ? _standing : _view.Problem };
            _view = _view with { Messages = 0, Refused = 0, Problem = null, RefusedMessage = null };
            _window++;
            var unmapped = _mappings.Take(Timestamp.Now(_time), view.Messages);
            _inspector?.Forget(unmapped);
            return view with { Unmapped = view.Feed.Total == 0 || _mappings.IsEmpty ? null : unmapped };
        }
    }

    /// <summary>The numbers of the feed; null when none are wanted.</summary>
    public MessageValues? TakeValues() => _inspector?.Values?.Take();

    /// <summary>What comes too seldom, in words; null when all is well, or when no rate has to be kept.</summary>
    /// <param name="now">The time.</param>
    /// <param name="begin">Since when the feed can be judged.</param>
    public string? RateProblem(Timestamp now, Timestamp begin)
    {
        lock (_lock)
        {
            return _rates?.Problem(now, begin);
        }
    }

    private int[] KeptLengths(ImmutableArray<int> inspected)
    {
        var reaches = new List<(int Frame, int Bytes)>(_sequence?.Reaches ?? []);
        if (_times is not null)
        {
            reaches.Add(_times.Reach);
        }

        if (_rates is not null)
        {
            reaches.Add((0, _rates.Reach));
        }

        var kept = new int[Math.Max(inspected.Length, reaches.Select(reach => reach.Frame + 1).DefaultIfEmpty().Max())];
        inspected.CopyTo(kept);
        foreach (var (frame, bytes) in reaches)
        {
            kept[frame] = Math.Max(kept[frame], bytes);
        }

        return kept;
    }

    private void EndMessage(bool isShown)
    {
        _messages++;
        _bytes += _size;
        _sequence?.EndMessage(_frames, _window);
        _times?.EndMessage(_frames, _window);
        _rates?.EndMessage();
        if (_inspector is null)
        {
            return;
        }

        _lastProblem = null;
        if (_inspector.End(_time.GetUtcNow().ToUnixTimeMilliseconds(), _window) is { } problem)
        {
            _refused++;
            _lastProblem = $"{_identity?.Words(_frames, _sequence?.Number)}: {problem}";
            if (_problem is null)
            {
                _problem = _lastProblem;
                _refusedMessage = isShown ? null : _identity?.Message();
            }
        }
    }

    private static double UnixSeconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalSeconds;
}
