using System.Runtime.InteropServices;
using ZmqExporter.Probing;

namespace ZmqExporter.Targets.History;

/// <summary>One result in brief: 28 bytes, which are also its form in a state file. Immutable.</summary>
/// <remarks>Round trips are right to seven digits, phases to three: a chart shows no more.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct RecentResult
{
    private readonly long _at;
    private readonly float _roundTrip;
    private readonly PackedDuration _resolve;
    private readonly PackedDuration _connect;
    private readonly PackedDuration _handshake;
    private readonly PackedDuration _ping;
    private readonly PackedDuration _request;
    private readonly byte _outcome;
    private readonly sbyte _reason;
    private readonly byte _evidence;
    private readonly byte _unused;

    /// <summary>Keeps of a result what fits.</summary>
    /// <param name="result">What the prober said.</param>
    /// <param name="at">When the probe ended.</param>
    public RecentResult(ProbeResult result, DateTimeOffset at)
    {
        _at = at.UtcTicks;
        _roundTrip = result.RoundTrip is { } roundTrip ? (float)roundTrip.TotalSeconds : float.NaN;
        _outcome = (byte)result.Outcome;
        _reason = result.Reason is { } reason ? (sbyte)reason : (sbyte)-1;
        _evidence = Evidence.Pack(result.Reachable, result.Responsive, result.Ready);
        _resolve = new PackedDuration(result.Phases.Resolve);
        _connect = new PackedDuration(result.Phases.Connect);
        _handshake = new PackedDuration(result.Phases.Handshake);
        _ping = new PackedDuration(result.Phases.Ping);
        _request = new PackedDuration(result.Phases.Request);
        _unused = 0;
    }

    /// <summary>When the probe ended.</summary>
    public DateTimeOffset At => new(_at, TimeSpan.Zero);

    /// <summary>How it ended.</summary>
    public ProbeOutcome Outcome => (ProbeOutcome)_outcome;

    /// <summary>Why it missed; null for an answer.</summary>
    public FailureReason? Reason => _reason < 0 ? null : (FailureReason)_reason;

    /// <summary>Round trip of the request; null without an answer.</summary>
    public TimeSpan? RoundTrip => float.IsNaN(_roundTrip) ? null : TimeSpan.FromSeconds(_roundTrip);

    /// <summary>How long each phase took.</summary>
    public PhaseDurations Phases => new(_resolve.Value, _connect.Value, _handshake.Value, _ping.Value, _request.Value);

    /// <summary>Whether a process that speaks ZMTP listened; null when the probe could not know.</summary>
    public bool? Reachable => Evidence.Read(_evidence, 0);

    /// <summary>Whether the application answered in time; null when the probe could not know.</summary>
    public bool? Responsive => Evidence.Read(_evidence, 1);

    /// <summary>Whether the answer was that of a healthy server; null when the probe could not know.</summary>
    public bool? Ready => Evidence.Read(_evidence, 2);

    /// <summary>Whether it can be a result at all: its bytes may come from a file.</summary>
    public bool IsSensible =>
        _at > DateTimeOffset.UnixEpoch.Ticks
        && _at < DateTimeOffset.MaxValue.Ticks
        && Enum.IsDefined(Outcome)
        && (Reason is null || Enum.IsDefined(Reason.Value))
        && (float.IsNaN(_roundTrip) || _roundTrip is >= 0 and < 1e9f);
}
