using System.Collections.Immutable;

namespace ZmqExporter.Probing;

/// <summary>Checks conditions on messages that come frame by frame, and reads their numbers. Keeps only frames that somebody looks at, within bounds. Not thread-safe.</summary>
/// <remarks>
/// Where no two messages can have different series, the last acceptable message of a read has the latest numbers, and no other is read. But a feed
/// may have several kinds of messages. So it is done only while every message has all that is looked for: see <see cref="CompleteMessages"/>.
/// </remarks>
internal sealed class MessageInspector(MessageConditions conditions, TimeProvider time)
{
    /// <summary>After so many messages in a row that had every number, only the last one of each read is read.</summary>
    public const int CompleteMessages = 100;

    private const int MaxMessage = 4 << 20;

    private readonly ImmutableArray<MappingWatch> _watches =
        [.. Enumerable.Range(0, conditions.Values?.Count ?? 0).Select(entry => new MappingWatch(Mapping.Values, conditions.Values!.ValueOf(entry).Metric, entry))];

    private FrameBlock _current = new();
    private FrameBlock _latest = new();
    private string? _tooLong; // to check
    private string? _cut; // any frame that somebody looks at
    private bool _hasLatest;
    private int _complete;

    /// <summary>The numbers of the acceptable messages; null when none are wanted.</summary>
    public LatestValues? Values { get; } = conditions.Values is null ? null : new LatestValues(time);

    /// <summary>What was wrong with the last message, or null.</summary>
    public string? LastProblem { get; private set; }

    /// <summary>What was found, and what not.</summary>
    public IEnumerable<MappingWatch> Watches => _watches;

    /// <summary>Takes the next frame of a message.</summary>
    public void Add(int number, ReadOnlySpan<byte> head, int length)
    {
        if (number == 0)
        {
            Clear();
        }

        var most = number < conditions.Inspected.Length ? conditions.Inspected[number] : 0;
        if (most > 0 && (length > most || _current.Length + length > MaxMessage))
        {
            _cut ??= SourceWords.TooLong(number, length, "look into");
            _tooLong ??= conditions.Checked.Contains(number) ? SourceWords.TooLong(number, length, "check") : null;
            most = 0;
        }

        _current.Add(most > 0 ? head[..length] : []);
    }

    /// <summary>Judges the message.</summary>
    /// <param name="unixMilliseconds">The time.</param>
    /// <param name="window">The number of the time between two probes.</param>
    /// <returns>What does not hold, in words, or null.</returns>
    public string? End(long unixMilliseconds, int window)
    {
        var problem = _tooLong;
        if (problem is null && conditions.HasChecks)
        {
            _ = conditions.Check.Judge(_current.ToMessage(), new ProbeVariables(default, Sequence: 0, unixMilliseconds), out problem);
        }

        LastProblem = problem;
        if (problem is null && conditions.Values is { } values)
        {
            Read(values, window);
        }

        return problem;
    }

    /// <summary>Everything of a read has come.</summary>
    public void EndRead()
    {
        if (!_hasLatest)
        {
            return;
        }

        _hasLatest = false;
        var read = conditions.Values!.Read(_latest.ToMessage());
        Note(read.Missing);
        Values!.Add(read);
        _latest.Clear();
    }

    /// <summary>Forgets the series of entries that find nothing any more.</summary>
    public void Forget(IEnumerable<UnmappedSource> unmapped)
    {
        foreach (var source in unmapped)
        {
            if (source.Mapping == Mapping.Values)
            {
                Values!.Forget(conditions.Values!.ValueOf(source.Entry));
            }
        }
    }

    /// <summary>Forgets what has come of a message.</summary>
    public void Clear()
    {
        _current.Clear();
        _tooLong = null;
        _cut = null;
    }

    private void Read(ValueReader values, int window)
    {
        if (_cut is not null)
        {
            _complete = 0;
            foreach (var watch in _watches)
            {
                if (watch.WantsWords(window))
                {
                    watch.Explain(_cut, window);
                }
            }
        }
        else if (values.IsLastEnough && _complete >= CompleteMessages)
        {
            (_current, _latest) = (_latest, _current);
            _hasLatest = true;
        }
        else
        {
            var message = _current.ToMessage();
            var read = values.Read(message);
            Note(read.Missing);
            foreach (var entry in read.Missing)
            {
                if (_watches[entry].WantsWords(window))
                {
                    _watches[entry].Explain(values.Explain(read, entry, message), window);
                }
            }

            Values!.Add(read);
        }
    }

    private void Note(ImmutableArray<int> missing)
    {
        _complete = missing.IsEmpty ? Math.Min(_complete + 1, CompleteMessages) : 0;
        for (var (entry, next) = (0, 0); entry < _watches.Length; entry++)
        {
            if (next < missing.Length && missing[next] == entry)
            {
                next++;
            }
            else
            {
                _watches[entry].Find();
            }
        }
    }
}
