using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// A server as a danger to NetMQ: whether it may have been the one when a worker died, its trial when it may, and its quarantine when it was.
/// Shared by all targets of one endpoint. Guarded by whoever owns it, but for <see cref="IsQuarantined"/>.
/// </summary>
/// <param name="endpoint">The server.</param>
/// <param name="number">Spreads the servers over the threads that they share.</param>
internal sealed class Suspect(string endpoint, int number)
{
    // Each further one lasts twice as long.
    public static readonly TimeSpan FirstQuarantine = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestQuarantine = TimeSpan.FromHours(1); // and after twice that without a death all is forgotten
    public static readonly TimeSpan FirstTrial = TimeSpan.FromSeconds(1); // alone, before it is trusted again

    /// <summary>How long a connection that was closed may still have had something in flight.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);

    private const int MostDoublings = 9;

    private Timestamp _suspected; // last
    private int _suspicions;
    private int _quarantines;
    private Timestamp _quarantinedUntil;
    private Timestamp _trialBegan;
    private bool _hasProbed;
    private volatile bool _isQuarantined;

    public string Endpoint => endpoint;

    public int Number => number;

    /// <summary>Those that probe it.</summary>
    public List<NetMqLink> Links { get; } = [];

    /// <summary>Whether NetMQ must not connect to it.</summary>
    public bool IsQuarantined => _isQuarantined;

    /// <summary>Whether NetMQ connects to it only where it is alone.</summary>
    public bool IsSuspected { get; private set; }

    /// <summary>Whether our own client has found something wrong with it since it became a suspect; null before it has looked.</summary>
    public bool? LooksBroken { get; set; }

    /// <summary>The number of the thread where it is alone; null without one. With a new one its trial begins.</summary>
    public int? OwnThread
    {
        get;
        set
        {
            field = value;
            (_trialBegan, _hasProbed) = (Timestamp.None, false);
        }
    }

    /// <summary>A connection to it begins.</summary>
    public void OnConnect(Timestamp now) => _trialBegan = OwnThread is null || _trialBegan.IsSet ? _trialBegan : now;

    /// <summary>A probe of it has ended.</summary>
    /// <returns>False when it has a thread of its own and did not come to a connection there.</returns>
    public bool OnProbed()
    {
        _hasProbed |= _trialBegan.IsSet;
        return OwnThread is null || _hasProbed;
    }

    /// <summary>It may have killed a worker.</summary>
    public void BecomeSuspect(Timestamp now)
    {
        _suspicions = IsKnown(now) ? _suspicions + 1 : 1;
        (_suspected, IsSuspected, OwnThread, LooksBroken) = (now, true, null, null);
    }

    /// <summary>Whether it has behaved, alone, for long enough.</summary>
    public bool HasPassedTrial(Timestamp now) => _hasProbed && now - _trialBegan >= FirstTrial * Doubled(_suspicions);

    /// <summary>It is trusted.</summary>
    public void Clear() => (IsSuspected, OwnThread) = (false, null);

    /// <summary>It did kill a worker.</summary>
    /// <returns>How long it is quarantined.</returns>
    public TimeSpan Quarantine(Timestamp now)
    {
        Clear();
        _quarantines = IsKnown(now) ? _quarantines + 1 : 1;
        var duration = TimeSpan.Min(FirstQuarantine * Doubled(_quarantines), LongestQuarantine);
        (_suspected, _quarantinedUntil, _isQuarantined) = (now, now + duration, true);
        return duration;
    }

    /// <summary>Lets NetMQ try again, alone, when the quarantine is over; otherwise tells how long it still lasts.</summary>
    public bool TryBeginTrial(Timestamp now, out TimeSpan left)
    {
        left = TimeSpan.Max(TimeSpan.Zero, _quarantinedUntil - now);
        if (left == TimeSpan.Zero && _isQuarantined)
        {
            (_isQuarantined, IsSuspected, OwnThread, LooksBroken) = (false, true, null, false);
        }

        return left == TimeSpan.Zero;
    }

    /// <summary>Whether something is held against it that lies not too far back.</summary>
    public bool IsKnown(Timestamp now) => _suspected.IsSet && now - _suspected < 2 * LongestQuarantine;

    private static double Doubled(int times) => Math.Pow(2, Math.Clamp(times - 1, 0, MostDoublings));
}
