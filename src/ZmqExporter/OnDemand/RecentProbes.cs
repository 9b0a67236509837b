using System.Text;

namespace ZmqExporter.OnDemand;

/// <summary>The last probes on demand, to look at. Failures are kept beyond the others: the last one may have been long ago. Thread-safe.</summary>
internal sealed class RecentProbes
{
    /// <summary>How many of the last ones are kept, and how many failures from before those.</summary>
    public const int Most = 100;

    // A conversation with a hostile server may be long.
    private const int MaxText = 16 << 10;

    private readonly Lock _lock = new();
    private readonly Queue<RecentProbe> _last = new();
    private readonly Queue<RecentProbe> _failures = new();
    private long _lastId;

    /// <summary>Keeps one.</summary>
    public void Add(ProbeReport report)
    {
        var text = Encoding.UTF8.GetBytes(Cut(ReportText.Of(report)));
        lock (_lock)
        {
            _last.Enqueue(new RecentProbe(++_lastId, report, text));
            if (_last.Count > Most && _last.Dequeue() is { IsSuccess: false } failure)
            {
                _failures.Enqueue(failure);
            }

            if (_failures.Count > Most)
            {
                _failures.Dequeue();
            }
        }
    }

    /// <summary>All that are kept, the newest first.</summary>
    public IReadOnlyList<RecentProbe> All()
    {
        lock (_lock)
        {
            return [.. _failures.Concat(_last).Reverse()];
        }
    }

    /// <summary>One of them, or null when it is kept no more.</summary>
    public RecentProbe? Find(long id)
    {
        lock (_lock)
        {
            return _last.Concat(_failures).FirstOrDefault(probe => probe.Id == id);
        }
    }

    private static string Cut(string text) => text.Length <= MaxText ? text
        : string.Concat(text.AsSpan(0, MaxText / 2), "\n… much is left out here …\n", text.AsSpan(text.Length - (MaxText / 2)));
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
