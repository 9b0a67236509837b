using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>Follows the numbers of a publisher's messages, topic by topic, and counts those that are missing. Not thread-safe.</summary>
internal sealed class SequenceTracker(ulong max)
{
    /// <summary>How many topics are followed; what comes on others is untracked.</summary>
    public const int MaxTopics = 10_000;

    /// <summary>The longest topic that is followed, in bytes: with <see cref="MaxTopics"/> the bound on memory.</summary>
    public const int MaxTopicLength = 256;

    private readonly Dictionary<byte[], Topic> _topics = new(BytesComparer.Instance);
    private Topic? _latest; // a flood is often on one topic
    private int _connection;
    private int _gap; // counts the connections before which nobody listened
    private long _unread; // messages whose number, or whose topic, could not be read
    private long _unexplained; // those of them that no gap was explained by yet

    /// <summary>Counts so far.</summary>
    public SequenceCounts Counts { get; private set; }

    /// <summary>
    /// Whether a number went on from the last one of its topic since <see cref="TakeCounts"/>. Not after a step back on this connection: the
    /// cached values of several topics with one count may come in any order.
    /// </summary>
    public bool HasAdvanced { get; private set; }

    /// <summary>Another connection begins: what comes next on each topic may follow a gap that is nobody's fault but the outage's.</summary>
    /// <param name="overlaps">Whether the old one was read until now: then a number from a little before is no restart.</param>
    public void OnReconnected(bool overlaps = false)
    {
        _connection++;
        _gap += overlaps ? 0 : 1;
    }

    /// <summary>Takes one message.</summary>
    /// <param name="topic">Its topic, at most <see cref="MaxTopicLength"/> bytes.</param>
    /// <param name="number">Its number.</param>
    public void Track(ReadOnlySpan<byte> topic, ulong number)
    {
        if (Find(topic) is not { } known)
        {
            Begin(topic, number);
            return;
        }

        var isReconnected = known.Connection != _connection;
        var step = SequenceStep.Between(known.Last, number, max, known.HasPassedZero, isReconnected: known.Gap != _gap);
        known.Connection = _connection;
        known.Gap = _gap;
        var lost = step.Kind == SequenceStepKind.Repeat ? 0 : step.Lost - TakeUnread(known, step.Lost);
        if (step.Kind != SequenceStepKind.Repeat)
        {
            var wrapped = step.Kind == SequenceStepKind.Next && number < known.Last;
            known.HasPassedZero = number == 0 || wrapped || (known.HasPassedZero && step.Kind == SequenceStepKind.Next);
            known.Last = number;
            known.ResetOn = step.Kind == SequenceStepKind.Reset ? _connection : known.ResetOn;
            HasAdvanced |= step.Kind == SequenceStepKind.Next && known.ResetOn != _connection;
        }

        if (lost > 0)
        {
            Counts = Counts with
            {
                Lost = Counts.Lost + lost,
                LostWhileDisconnected = Counts.LostWhileDisconnected + (isReconnected ? lost : 0),
            };
        }
        else if (step.Kind == SequenceStepKind.Reset)
        {
            Counts = Counts with { Resets = Counts.Resets + 1 };
        }
    }

    /// <summary>Counts a message that cannot be followed: no number, one that cannot be read, or a topic that is too long.</summary>
    /// <param name="mayBeOfAnyTopic">Whether it came on a topic that is followed, for all that is known: then a number that is missing there may be its own.</param>
    public void Untracked(bool mayBeOfAnyTopic = false)
    {
        Counts = Counts with { Untracked = Counts.Untracked + 1 };
        if (mayBeOfAnyTopic)
        {
            _unread++;
            _unexplained++;
        }
    }

    /// <summary>The counts so far, which begin at 0 again.</summary>
    public SequenceCounts TakeCounts()
    {
        var counts = Counts;
        Counts = default;
        HasAdvanced = false;
        return counts;
    }

    // What came is not lost, also when nobody could read its number: as many numbers as messages came unread since the topic's last one may be theirs.
    private long TakeUnread(Topic topic, long missing)
    {
        var taken = Math.Min(missing, Math.Min(_unread - topic.Unread, _unexplained));
        _unexplained -= taken;
        topic.Unread = _unread;
        return taken;
    }

    private Topic? Find(ReadOnlySpan<byte> topic)
    {
        if (_latest is not null && topic.SequenceEqual(_latest.Name))
        {
            return _latest;
        }

        return _topics.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out var found) ? _latest = found : null;
    }

    private void Begin(ReadOnlySpan<byte> topic, ulong number)
    {
        if (_topics.Count == MaxTopics)
        {
            Untracked();
            return;
        }

        var begun = new Topic(topic.ToArray()) { Last = number, HasPassedZero = number == 0, Connection = _connection, Gap = _gap, Unread = _unread };
        _topics.Add(begun.Name, begun);
        _latest = begun;
    }

    private sealed class Topic(byte[] name)
    {
        public byte[] Name { get; } = name;

        public ulong Last { get; set; }

        public bool HasPassedZero { get; set; }

        public int Connection { get; set; }

        public int Gap { get; set; }

        public long Unread { get; set; }

        public int ResetOn { get; set; } = -1; // the connection
    }
}

/// <summary>What the numbers of some messages said.</summary>
/// <param name="Lost">Numbers that never came.</param>
/// <param name="LostWhileDisconnected">Those of them that are missing between two connections.</param>
/// <param name="Resets">How often the publisher began to count again.</param>
/// <param name="Untracked">Messages that could not be followed: no number, or a topic too many or too long.</param>
internal readonly record struct SequenceCounts(long Lost, long LostWhileDisconnected, long Resets, long Untracked)
{
    /// <summary>Both together.</summary>
    public static SequenceCounts operator +(SequenceCounts one, SequenceCounts other) => new(
        one.Lost + other.Lost,
        one.LostWhileDisconnected + other.LostWhileDisconnected,
        one.Resets + other.Resets,
        one.Untracked + other.Untracked);
}
