namespace ZmqExporter.Probing;

/// <summary>
/// Counts how often a mapping found something in the messages of one read, and keeps the words about the first one in which it did not: only
/// once between two probes, because in a feed of several kinds of messages that is no fault. Not thread-safe.
/// </summary>
internal sealed class MappingWatch(Mapping mapping, string metric = "", int entry = 0)
{
    private long _found;
    private string? _problem;
    private int _explained = -1;

    /// <summary>Which one.</summary>
    public Mapping Mapping => mapping;

    /// <summary>It found something.</summary>
    public void Find() => _found++;

    /// <summary>It found nothing.</summary>
    /// <param name="window">The number of the time between two probes.</param>
    /// <returns>Whether words are wanted: see <see cref="Explain"/>.</returns>
    public bool WantsWords(int window) => _found == 0 && _explained != window;

    /// <summary>Says what stood there.</summary>
    public void Explain(string problem, int window)
    {
        _problem = problem;
        _explained = window;
    }

    /// <summary>Adds what the read brought to what came since the last probe, and begins with the next read.</summary>
    public void AddTo(ref MappingWindow to)
    {
        to = new MappingWindow(to.Found + _found, to.Problem ?? _problem);
        _found = 0;
        _problem = null;
    }

    /// <summary>What it is when it found nothing; null when it did, or was not looked for.</summary>
    public UnmappedSource? Judge(MappingWindow window) =>
        window is { Found: 0, Problem: { } problem } ? new UnmappedSource(mapping, metric, problem) { Entry = entry } : null;
}

/// <summary>What a mapping found since the last probe.</summary>
/// <param name="Found">How often it found something.</param>
/// <param name="Problem">What stood where it first found nothing; null when that did not happen.</param>
internal readonly record struct MappingWindow(long Found, string? Problem);
