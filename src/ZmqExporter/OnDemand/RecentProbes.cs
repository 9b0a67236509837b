using System.Text;

namespace ZmqExporter.OnDemand;

/// <summary>
/// The last probes on demand of each target and module, to look at. Failures are kept beyond the others: the last one may have been long ago.
/// Thread-safe.
/// </summary>
internal sealed class RecentProbes
{
    /// <summary>How many of the last ones of a target and module are kept, and how many failures from before those.</summary>
    public const int MostOfOne = 3;

    /// <summary>How many are kept in all: then the target goes that was not probed for the longest time.</summary>
    public const int Most = 1_000;

    /// <summary>How many bytes of text are kept in all, likewise.</summary>
    public const int MostBytes = 4 << 20;

    // A conversation with a hostile server may be long.
    private const int MaxText = 16 << 10;

    private readonly Lock _lock = new();

    // The one that was probed last is the last one.
    private readonly OrderedDictionary<(string Endpoint, string Module), ProbesOfOne> _all = [];
    private int _count;
    private int _bytes;
    private long _lastId;

    /// <summary>Keeps one.</summary>
    /// <returns>The id by which it can be found.</returns>
    public long Add(ProbeReport report)
    {
        var text = Encoding.UTF8.GetBytes(Cut(ReportText.Of(report)));
        lock (_lock)
        {
            var probe = new RecentProbe(++_lastId, report, text);
            _all.Remove((probe.Endpoint, probe.Module), out var probes);
            probes ??= new ProbesOfOne();
            Count(probes, -1);
            probes.Add(probe);
            Count(probes, 1);
            _all.Add((probe.Endpoint, probe.Module), probes);
            while (_count > Most || _bytes > MostBytes)
            {
                Count(_all.GetAt(0).Value, -1);
                _all.RemoveAt(0);
            }

            return probe.Id;
        }
    }

    /// <summary>All that are kept, the target and module first that was probed last, and its newest probe first.</summary>
    public IReadOnlyList<RecentProbe> All()
    {
        lock (_lock)
        {
            return [.. _all.Values.Reverse().SelectMany(probes => probes.All().Reverse())];
        }
    }

    /// <summary>One of them, or null when it is kept no more.</summary>
    public RecentProbe? Find(long id)
    {
        lock (_lock)
        {
            return _all.Values.SelectMany(probes => probes.All()).FirstOrDefault(probe => probe.Id == id);
        }
    }

    private void Count(ProbesOfOne probes, int sign)
    {
        foreach (var probe in probes.All())
        {
            _count += sign;
            _bytes += sign * probe.Text.Length;
        }
    }

    private static string Cut(string text) => text.Length <= MaxText ? text
        : string.Concat(text.AsSpan(0, MaxText / 2), "\n… much is left out here …\n", text.AsSpan(text.Length - (MaxText / 2)));

    private sealed class ProbesOfOne
    {
        private readonly Queue<RecentProbe> _last = new();
        private readonly Queue<RecentProbe> _failures = new();

        public void Add(RecentProbe probe)
        {
            _last.Enqueue(probe);
            if (_last.Count > MostOfOne && _last.Dequeue() is { IsSuccess: false } failure)
            {
                _failures.Enqueue(failure);
            }

            if (_failures.Count > MostOfOne)
            {
                _failures.Dequeue();
            }
        }

        public IEnumerable<RecentProbe> All() => _failures.Concat(_last);
    }
}

/// <summary>A probe that is kept to be looked at. Immutable.</summary>
internal sealed class RecentProbe(long id, ProbeReport report, byte[] text)
{
    /// <summary>Counts from 1.</summary>
    public long Id { get; } = id;

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; } = report.Started;

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; } = report.Duration;

    /// <summary>What was probed.</summary>
    public string Endpoint { get; } = report.Conversation.Target.Endpoint.ToString();

    /// <summary>How.</summary>
    public string Module { get; } = report.Conversation.Target.Module.Name;

    /// <summary>Whether it got an acceptable answer.</summary>
    public bool IsSuccess { get; } = report.IsSuccess;

    /// <summary>Why it did not, by the label, or null.</summary>
    public string? Reason { get; } = report.Reason is { } reason ? Probing.FailureReasons.Label(reason) : null;

    /// <summary>The debug text, as UTF-8.</summary>
    public ReadOnlyMemory<byte> Text => text;
}
