using System.Collections.Immutable;
using ZmqExporter.Probing;

namespace ZmqExporter.Targets;

/// <summary>The last results of one target, in a ring of fixed size. Not thread-safe.</summary>
internal sealed class RecentResults
{
    /// <summary>How many are kept.</summary>
    public const int Capacity = 32;

    private RecentResult[] _ring = [];
    private int _next;

    /// <summary>Adds one, and forgets the oldest when there are too many.</summary>
    public void Add(RecentResult result)
    {
        if (_ring.Length < Capacity)
        {
            _ring = [.. _ring, result];
            return;
        }

        _ring[_next] = result;
        _next = (_next + 1) % Capacity;
    }

    /// <summary>All of them, the oldest first.</summary>
    public ImmutableArray<RecentResult> Snapshot() => [.. _ring.AsSpan(_next), .. _ring.AsSpan(0, _next)];
}

/// <summary>One result in brief: 16 bytes. Immutable.</summary>
internal readonly record struct RecentResult
{
    private readonly long _at;
    private readonly float _roundTrip;
    private readonly byte _outcome;
    private readonly sbyte _reason;

    /// <summary>Keeps of a result what fits.</summary>
    /// <param name="result">What the prober said.</param>
    /// <param name="at">When the probe ended.</param>
    public RecentResult(ProbeResult result, DateTimeOffset at)
    {
        _at = at.UtcTicks;
        _roundTrip = result.RoundTrip is { } roundTrip ? (float)roundTrip.TotalSeconds : float.NaN;
        _outcome = (byte)result.Outcome;
        _reason = result.Reason is { } reason ? (sbyte)reason : (sbyte)-1;
    }

    /// <summary>When the probe ended.</summary>
    public DateTimeOffset At => new(_at, TimeSpan.Zero);

    /// <summary>How it ended.</summary>
    public ProbeOutcome Outcome => (ProbeOutcome)_outcome;

    /// <summary>Why it missed; null for an answer.</summary>
    public FailureReason? Reason => _reason < 0 ? null : (FailureReason)_reason;

    /// <summary>Round trip of the request, right to seven digits; null without an answer.</summary>
    public TimeSpan? RoundTrip => float.IsNaN(_roundTrip) ? null : TimeSpan.FromSeconds(_roundTrip);
}
