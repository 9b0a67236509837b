using ZmqExporter.Configuration;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>Finds the numbers of a feed's messages, frame by frame, and follows them. Allocates nothing for a message. Not thread-safe.</summary>
internal sealed class SequenceIntake
{
    private readonly byte[] _topic = new byte[SequenceTracker.MaxTopicLength];
    private readonly SequenceTracker _tracker;
    private readonly MessageNumber _numbers;
    private readonly MappingWatch _watch = new(Mapping.Sequence);
    private readonly FeedSource? _per;
    private readonly SourceConfig? _perConfig;
    private readonly MappingWatch? _perWatch;
    private readonly bool _isOneTopic;
    private readonly int? _perFrame;
    private int _prefixLength;
    private int _topicLength;
    private ulong _number;
    private bool _hasNumber;
    private bool _sawNumberFrame;
    private bool _sawPerFrame;

    /// <summary>Follows the numbers that a config describes.</summary>
    /// <param name="config">Where they are.</param>
    /// <param name="sources">Of the same module.</param>
    public SequenceIntake(SequenceConfig config, FeedSources sources)
    {
        _tracker = new SequenceTracker(config.Max);
        _numbers = new MessageNumber(config, sources.Of(config.Source));
        _perConfig = config.PerSource;
        _per = config.PerSource is { } per ? sources.Of(per) : null;
        _perFrame = config.PerFrame;
        _perWatch = _per is null ? null : new MappingWatch(Mapping.Per);

        // The first frame is the topic, unless the number stands in that very frame or the publisher counts all its messages together.
        _isOneTopic = config.Per == SequenceScope.Publisher || (config.Source.Frame == 0 && config.PerSource is null);
    }

    /// <summary>See <see cref="SequenceTracker.HasAdvanced"/>.</summary>
    public bool HasAdvanced => _tracker.HasAdvanced;

    /// <summary>How many bytes of which frames have to be at hand.</summary>
    public IEnumerable<(int Frame, int Bytes)> Reaches =>
    [
        (_numbers.Frame, _numbers.Reach),
        _per is null ? (0, _isOneTopic ? 0 : SequenceTracker.MaxTopicLength) : (_per.Source.Frame, Sources.MaxFrame),
        (_perFrame ?? 0, _perFrame is null ? 0 : SequenceTracker.MaxTopicLength),
    ];

    /// <summary>What was found, and what not.</summary>
    public IEnumerable<MappingWatch> Watches => _perWatch is null ? [_watch] : [_watch, _perWatch];

    /// <summary>The number of the message that has just ended; null when it has none.</summary>
    public ulong? Number => _hasNumber ? _number : null;

    /// <inheritdoc cref="SequenceTracker.OnReconnected" />
    public void OnReconnected(bool overlaps) => _tracker.OnReconnected(overlaps);

    /// <inheritdoc cref="SequenceTracker.TakeCounts" />
    public SequenceCounts TakeCounts() => _tracker.TakeCounts();

    /// <summary>A frame has come.</summary>
    /// <param name="number">Which, from 0.</param>
    /// <param name="head">As much of it as is at hand.</param>
    /// <param name="length">Of all of it.</param>
    /// <param name="buffer">For this call alone.</param>
    /// <param name="window">The number of the time between two probes.</param>
    public void OnFrame(int number, ReadOnlySpan<byte> head, int length, ContentBuffer buffer, int window)
    {
        if (number == 0)
        {
            _hasNumber = false;
            _sawNumberFrame = false;
            _sawPerFrame = false;
            _prefixLength = 0;
            _topicLength = int.MaxValue; // none yet
        }

        if (number == _perFrame)
        {
            KeepTopic(head, length);
            _prefixLength = Math.Min(length, _topic.Length); // what is too long alone is so with the rest
        }
        else if (_per is null)
        {
            if (number == 0)
            {
                KeepTopic(head, _isOneTopic ? 0 : length);
            }
        }
        else if (number == _per.Source.Frame)
        {
            ReadPer(head, length, buffer, window);
        }

        if (number == _numbers.Frame)
        {
            _sawNumberFrame = true;
            _hasNumber = _numbers.TryRead(head, length, buffer, out _number);
            if (!_hasNumber && _watch.WantsWords(window))
            {
                _watch.Explain(_numbers.Explain(head, length, buffer), window);
            }
        }
    }

    /// <summary>The message is complete.</summary>
    /// <param name="frames">How many frames it has.</param>
    /// <param name="window">The number of the time between two probes.</param>
    public void EndMessage(int frames, int window)
    {
        if (_hasNumber)
        {
            _watch.Find();
        }
        else if (!_sawNumberFrame && _watch.WantsWords(window))
        {
            _watch.Explain(SourceWords.NoFrame(_numbers.Frame, frames), window);
        }

        if (_per is not null && !_sawPerFrame && _perWatch!.WantsWords(window))
        {
            _perWatch.Explain(SourceWords.NoFrame(_per.Source.Frame, frames), window);
        }

        if (!_hasNumber || _topicLength > _topic.Length)
        {
            _tracker.Untracked(mayBeOfAnyTopic: !_hasNumber || _topicLength == int.MaxValue);
        }
        else
        {
            _tracker.Track(_topic.AsSpan(0, _topicLength), _number);
        }
    }

    private void ReadPer(ReadOnlySpan<byte> head, int length, ContentBuffer buffer, int window)
    {
        _sawPerFrame = true;
        var isEnough = Sources.IsEnough(_perConfig!, head, length);
        if (isEnough && _per!.Find(head, buffer) is { Exists: true } key)
        {
            KeepTopic(key.Text, key.Text.Length);
            _perWatch!.Find();
        }
        else if (_perWatch!.WantsWords(window))
        {
            _perWatch.Explain(
                isEnough ? SourceWords.Found(_per!.Source, head, _per.Find(head, buffer), "") : SourceWords.TooLong(_per!.Source.Frame, length, "look into"), window);
        }
    }

    private void KeepTopic(ReadOnlySpan<byte> topic, int length)
    {
        _topicLength = _prefixLength + length;
        if (_topicLength <= _topic.Length)
        {
            topic[..length].CopyTo(_topic.AsSpan(_prefixLength));
        }
    }
}
