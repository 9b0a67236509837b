using System.Collections.Immutable;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Reads the numbers of a message that become metrics. Built once a module; immutable and thread-safe.</summary>
/// <param name="values">Where they are.</param>
/// <param name="heartbeat">Reads those that a heartbeat has, whatever their names; null for other messages.</param>
internal sealed class ValueReader(ImmutableArray<ValueConfig> values, HeartbeatEntry? heartbeat = null)
{
    /// <summary>Characters of a label; the rest is cut off.</summary>
    public const int MaxLabel = 256;

    [ThreadStatic]
    private static ValueBuffers? t_buffers;

    private readonly ImmutableArray<IValueEntry> _entries =
        [.. values.Select(value => new ValueEntry(value)), .. heartbeat is null ? Array.Empty<IValueEntry>() : [heartbeat]];
    private readonly bool _mayRepeat = values.Any(value => value.Each is not null)
        || values.Select(value => value.Metric).Distinct(StringComparer.Ordinal).Count() < values.Length;

    /// <summary>The frames that a value is looked for in, with its labels.</summary>
    public static IEnumerable<int> FramesOf(ValueConfig value) =>
        [value.Source.Frame, .. value.Labels.Select(label => label.Source).OfType<SourceConfig>().Select(source => source.Frame)];

    /// <summary>Whether the latest message says all: no two messages have different series.</summary>
    public bool IsLastEnough { get; } = heartbeat is null && values.All(value => value.Each is null && value.Labels.All(label => label.Path is null && label.Source is null));

    /// <summary>How many entries there are.</summary>
    public int Count => _entries.Length;

    /// <summary>An entry.</summary>
    public ValueConfig ValueOf(int entry) => _entries[entry].Value;

    /// <summary>Reads them. What the message does not have is left out.</summary>
    /// <param name="message">An acceptable reply or message.</param>
    public MessageValues Read(ZmtpMessage message)
    {
        var reading = new ValueReading(_mayRepeat ? new HashSet<ValueSample>(SeriesComparer.Instance) : null);
        ImmutableArray<int>.Builder? missing = null;
        ImmutableArray<string?>.Builder? problems = null;
        var buffers = t_buffers ??= new ValueBuffers();
        buffers.BeginLook();
        for (var i = 0; i < _entries.Length; i++)
        {
            var entry = _entries[i];
            reading.ItemProblem = null;
            if (!entry.Read(message, buffers, reading))
            {
                (missing ??= ImmutableArray.CreateBuilder<int>()).Add(i);
                (problems ??= ImmutableArray.CreateBuilder<string?>()).Add(reading.ItemProblem);
            }
        }

        return new MessageValues([.. reading.Samples], reading.Dropped)
        {
            Missing = missing?.ToImmutable() ?? [],
            ItemProblems = problems?.ToImmutable() ?? [],
            Lists = [.. reading.Lists],
            Absent = [.. reading.Absent],
        };
    }

    /// <summary>Says why a message does not have what an entry looks for, in the time that reading it has left.</summary>
    /// <param name="read">What was just read of it, on this thread.</param>
    /// <param name="entry">The entry, which is missing there.</param>
    /// <param name="message">The message.</param>
    public string Explain(in MessageValues read, int entry, ZmtpMessage message)
    {
        var frame = _entries[entry].Value.Source.Frame;
        return frame >= message.FrameCount
            ? SourceWords.NoFrame(frame, message.FrameCount)
            : _entries[entry].Explain(message, read.ItemProblems[read.Missing.IndexOf(entry)], t_buffers ??= new ValueBuffers());
    }

    /// <summary>The entries that found nothing in a message, with the words about it.</summary>
    public ImmutableArray<UnmappedSource> UnmappedIn(MessageValues read, ZmtpMessage message) =>
        [.. read.Missing.Select(entry => new UnmappedSource(Mapping.Values, ValueOf(entry).Metric, Explain(read, entry, message)))];
}
