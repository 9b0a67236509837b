using ZmqExporter.Configuration;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>Finds the numbers of a feed's messages, frame by frame, and follows them. Allocates nothing for a message. Not thread-safe.</summary>
internal sealed class SequenceIntake
{
    private readonly byte[] _topic = new byte[SequenceTracker.MaxTopicLength];
    private readonly SequenceTracker _tracker;
    private readonly MessageNumber _numbers;
    private readonly MessageSource? _perSource;
    private readonly bool _isOneTopic;
    private int _topicLength;
    private ulong _number;
    private bool _hasNumber;

    /// <summary>Follows the numbers that a config describes.</summary>
    public SequenceIntake(SequenceConfig config)
    {
        _tracker = new SequenceTracker(config.Max);
        _numbers = new MessageNumber(config);
        _perSource = config.PerSource is { } per ? Sources.From(per) : null;

        // The first frame is the topic, unless the number stands in that very frame or the publisher counts all its messages together.
        _isOneTopic = config.Per == SequenceScope.Publisher || (config.Source.Frame == 0 && config.PerSource is null);
    }

    /// <summary>See <see cref="SequenceTracker.HasAdvanced"/>.</summary>
    public bool HasAdvanced => _tracker.HasAdvanced;

    /// <summary>How many bytes of which frames have to be at hand.</summary>
    public IEnumerable<(int Frame, int Bytes)> Reaches =>
    [
        (_numbers.Frame, _numbers.Reach),
        _perSource is null ? (0, _isOneTopic ? 0 : SequenceTracker.MaxTopicLength) : (_perSource.Frame, Sources.MaxFrame),
    ];

    /// <inheritdoc cref="SequenceTracker.OnReconnected" />
    public void OnReconnected(bool overlaps) => _tracker.OnReconnected(overlaps);

    /// <inheritdoc cref="SequenceTracker.TakeCounts" />
    public SequenceCounts TakeCounts() => _tracker.TakeCounts();

    /// <summary>A frame has come.</summary>
    /// <param name="number">Which, from 0.</param>
    /// <param name="head">As much of it as is at hand.</param>
    /// <param name="length">Of all of it.</param>
    /// <param name="buffer">For this call alone.</param>
    public void OnFrame(int number, ReadOnlySpan<byte> head, int length, ContentBuffer buffer)
    {
        if (number == 0)
        {
            _hasNumber = false;
            _topicLength = int.MaxValue; // none yet
        }

        if (_perSource is not null)
        {
            if (number == _perSource.Frame && head.Length == length && _perSource.Find(head, buffer) is { Exists: true } key)
            {
                KeepTopic(key.Text, key.Text.Length);
            }
        }
        else if (number == 0)
        {
            KeepTopic(head, _isOneTopic ? 0 : length);
        }

        if (number == _numbers.Frame)
        {
            _hasNumber = _numbers.TryRead(head, length, buffer, out _number);
        }
    }

    /// <summary>The message is complete.</summary>
    public void EndMessage()
    {
        if (!_hasNumber || _topicLength > _topic.Length)
        {
            _tracker.Untracked();
        }
        else
        {
            _tracker.Track(_topic.AsSpan(0, _topicLength), _number);
        }
    }

    private void KeepTopic(ReadOnlySpan<byte> topic, int length)
    {
        _topicLength = length;
        if (length <= _topic.Length)
        {
            topic[..length].CopyTo(_topic);
        }
    }
}
