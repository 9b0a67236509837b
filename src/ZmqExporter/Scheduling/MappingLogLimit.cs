using System.Collections.Immutable;
using ZmqExporter.Probing;

namespace ZmqExporter.Scheduling;

/// <summary>
/// Decides which mappings of one target are a line of the log: one that finds nothing is, once, and when it finds something again. One that has worked
/// may be that of messages that come more seldom than others, so it has to find nothing for some results in a row. Not thread-safe: its runner's lock guards it.
/// </summary>
internal sealed class MappingLogLimit(TimeProvider time)
{
    /// <summary>Results in a row in which a mapping that has worked finds nothing, until that is logged.</summary>
    public const int ResultsAfterWork = 5;

    /// <summary>Lines of one result; the others come with the next ones.</summary>
    public const int MostLines = 5;

    /// <summary>How long after a line about a mapping the next one about the same may come.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(Mapping, string), Entry> _entries = [];
    private bool _hasJudged;

    /// <summary>What to log of a result.</summary>
    /// <param name="unmapped">The mappings that found nothing; null when the result says nothing of them.</param>
    public ImmutableArray<MappingLogLine> Next(ImmutableArray<UnmappedSource>? unmapped)
    {
        if (unmapped is not { } all)
        {
            return [];
        }

        // What is not certain yet is no line, and the first time that it is certain is one.
        ImmutableArray<UnmappedSource> found = [.. all.Where(source => source.FirstMessages == 0)];
        foreach (var source in all.Where(source => source.FirstMessages > 0))
        {
            _ = _entries.TryAdd(KeyOf(source), new Entry(source) { HasNeverWorked = true });
        }

        var lines = ImmutableArray.CreateBuilder<MappingLogLine>();
        foreach (var (key, entry) in _entries)
        {
            if (entry.IsLogged && lines.Count < MostLines && !found.Any(source => KeyOf(source) == key))
            {
                lines.Add(new MappingLogLine(entry.Source, IsFoundAgain: true));
                entry.IsLogged = false;
            }

            entry.Results = found.Any(source => KeyOf(source) == key) ? entry.Results : 0;
        }

        foreach (var source in found)
        {
            if (!_entries.TryGetValue(KeyOf(source), out var entry))
            {
                entry = _entries[KeyOf(source)] = new Entry(source) { Results = _hasJudged ? 0 : ResultsAfterWork };
            }

            entry.Source = source;
            entry.Results = entry.HasNeverWorked ? ResultsAfterWork : entry.Results + 1;
            if (!entry.IsLogged && entry.Results >= ResultsAfterWork && lines.Count < MostLines
                && (entry.Logged is not { } last || last.Elapsed(time) >= Period))
            {
                lines.Add(new MappingLogLine(source, IsFoundAgain: false));
                entry.IsLogged = true;
                entry.Logged = Timestamp.Now(time);
            }
        }

        _hasJudged = true;
        return lines.ToImmutable();
    }

    private static (Mapping, string) KeyOf(UnmappedSource source) => (source.Mapping, source.Metric);

    private sealed class Entry(UnmappedSource source)
    {
        public UnmappedSource Source { get; set; } = source;

        public int Results { get; set; } // in a row

        public bool HasNeverWorked { get; set; }

        public bool IsLogged { get; set; }

        public Timestamp? Logged { get; set; }
    }
}

/// <summary>A line about a mapping.</summary>
/// <param name="Source">Which one, and what it last did not find.</param>
/// <param name="IsFoundAgain">Whether it finds something again.</param>
internal readonly record struct MappingLogLine(UnmappedSource Source, bool IsFoundAgain);
