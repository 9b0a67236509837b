using System.Collections.Immutable;
using ZmqExporter.Probing;

namespace ZmqExporter.Targets.History;

/// <summary>
/// The failures that are worth looking at again. What fails for the same reason without an answer in between takes one place, however long it lasts; when the memory is full,
/// those go first that passed without an outage. So neither a long outage nor a noisy minute pushes the last outage out. Not thread-safe; a
/// field that is not read-only.
/// </summary>
internal struct FailureRuns()
{
    /// <summary>What they take of memory at most, about, in bytes.</summary>
    public const int MostBytes = 1600;

    private const int MostRuns = 12;

    private FailureRun[] _runs = [];
    private int _open; // how many of the newest had no answer since

    /// <summary>Whether there is none.</summary>
    public readonly bool IsEmpty => _runs.Length == 0;

    /// <summary>An answer: whatever fails next is another run.</summary>
    public void OnAnswer() => _open = 0;

    /// <summary>Adds a failure.</summary>
    /// <param name="result">What the prober said.</param>
    /// <param name="at">When the probe ended.</param>
    /// <param name="isDown">Whether the target is down after it.</param>
    /// <param name="messages">What it sent and received last.</param>
    public void Add(ProbeResult result, DateTimeOffset at, bool isDown, in LastMessages messages)
    {
        var reason = result.Reason ?? FailureReason.LocalError;
        // An outage with two reasons by turns is two runs, and not one at each probe.
        for (var i = _runs.Length - _open; i < _runs.Length; i++)
        {
            if (_runs[i].Reason == reason)
            {
                _runs[i] = _runs[i] with { Last = at, Count = _runs[i].Count + 1, WasDown = _runs[i].WasDown || isDown };
                return;
            }
        }

        _open++;
        Keep(new FailureRun(new RecentResult(result, at), result.Detail) { WasDown = isDown, Sent = messages.Sent(), Received = messages.Received() });
    }

    /// <summary>Takes what an earlier process kept, the oldest first; before the first failure.</summary>
    public void Restore(IEnumerable<FailureRun> runs)
    {
        foreach (var run in runs)
        {
            Keep(run);
        }

        _open = 0;
    }

    /// <summary>After <see cref="Restore"/>: the newest run had no answer since, so that what fails for its reason belongs to it.</summary>
    public void GoOn() => _open = Math.Min(1, _runs.Length);

    /// <summary>All of them, the oldest first.</summary>
    public readonly ImmutableArray<FailureRun> Snapshot() => [.. _runs];

    private void Keep(FailureRun run)
    {
        var runs = new List<FailureRun>(_runs) { run };
        while (runs.Count > 1 && (runs.Count > MostRuns || runs.Sum(static kept => kept.Size) > MostBytes))
        {
            var least = LeastWorth(runs);
            _open -= least >= runs.Count - _open ? 1 : 0;
            runs.RemoveAt(least);
        }

        _runs = [.. runs];
    }

    // The newest one always stays.
    private static int LeastWorth(List<FailureRun> runs) =>
        runs.FindIndex(0, runs.Count - 1, static run => !run.WasDown) is >= 0 and var passing ? passing : 0;
}
