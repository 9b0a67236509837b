namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// A server as a danger to NetMQ: where it has connections, so that it may have been the one when a worker dies; its trial when it may, and its
/// quarantine when it was. Shared by all targets of one endpoint. Guarded by whoever owns it, but for <see cref="IsQuarantined"/>.
/// </summary>
/// <param name="endpoint">The server.</param>
/// <param name="number">Spreads the servers over the threads that they share.</param>
internal sealed class Suspect(string endpoint, int number)
{
    /// <summary>How long the first quarantine lasts; each further one twice as long.</summary>
    public static readonly TimeSpan FirstQuarantine = TimeSpan.FromMinutes(1);

    /// <summary>How long a quarantine lasts at most. What was known of a server is forgotten after twice as long without a death.</summary>
    public static readonly TimeSpan LongestQuarantine = TimeSpan.FromHours(1);

    /// <summary>How long a server has to behave alone before it is trusted again; twice as long each further time.</summary>
    public static readonly TimeSpan FirstTrial = TimeSpan.FromSeconds(1);

    /// <summary>A connection that was closed may still have had something in flight.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);

    private const int MostDoublings = 9;

    private readonly Dictionary<object, Presence> _presences = [];
    private Timestamp _accused;
    private int _accusations;
    private int _convictions;
    private Timestamp _trialBegan;
    private bool _hasProbed;
    private Timestamp _quarantinedUntil;
    private volatile bool _isQuarantined;

    /// <summary>The server.</summary>
    public string Endpoint => endpoint;

    /// <summary>Spreads the servers over the threads that they share.</summary>
    public int Number => number;

    /// <summary>The links to it.</summary>
    public List<NetMqLink> Links { get; } = [];

    /// <summary>Whether NetMQ must not connect to it.</summary>
    public bool IsQuarantined => _isQuarantined;

    /// <summary>Whether NetMQ connects to it only where it is alone.</summary>
    public bool IsSuspected { get; private set; }

    /// <summary>The number of the thread where it is alone; null without one. With a new one its trial begins.</summary>
    public int? Cell
    {
        get;
        set
        {
            field = value;
            (_trialBegan, _hasProbed) = (Timestamp.None, false);
        }
    }

    /// <summary>A connection to it begins.</summary>
    public void OnConnect(object worker, int ioThread, Timestamp now)
    {
        var presence = _presences.GetValueOrDefault(worker);
        _presences[worker] = new Presence(ioThread, presence.Open + 1, Timestamp.None);
        _trialBegan = Cell is null || _trialBegan.IsSet ? _trialBegan : now;
    }

    /// <summary>A connection to it was closed.</summary>
    public void OnClose(object worker, Timestamp now)
    {
        if (_presences.TryGetValue(worker, out var presence))
        {
            _presences[worker] = presence with { Open = presence.Open - 1, Closed = now };
        }
    }

    /// <summary>A probe of it has ended.</summary>
    public void OnProbed() => _hasProbed |= _trialBegan.IsSet;

    /// <summary>The thread of a worker on which it may just have done something; null when it cannot.</summary>
    public int? ThreadOn(object worker, Timestamp now) =>
        _presences.TryGetValue(worker, out var presence) && (presence.Open > 0 || now - presence.Closed < Memory) ? presence.IoThread : null;

    /// <summary>A worker has ended.</summary>
    /// <returns>Whether it had connections there.</returns>
    public bool Forget(object worker) => _presences.Remove(worker);

    /// <summary>It may have killed a worker.</summary>
    public void Accuse(Timestamp now)
    {
        _accusations = _accusations > 0 && now - _accused < 2 * LongestQuarantine ? _accusations + 1 : 1;
        _accused = now;
        (IsSuspected, Cell) = (true, null);
    }

    /// <summary>Whether it has behaved, alone, for long enough.</summary>
    public bool HasStoodTrial(Timestamp now) => _hasProbed && now - _trialBegan >= FirstTrial * Doubled(_accusations);

    /// <summary>It is trusted.</summary>
    public void Clear() => (IsSuspected, Cell) = (false, null);

    /// <summary>It did kill a worker.</summary>
    /// <returns>How long it is quarantined.</returns>
    public TimeSpan Convict(Timestamp now)
    {
        Clear();
        _convictions = _convictions > 0 && now - _accused < 2 * LongestQuarantine ? _convictions + 1 : 1;
        _accused = now;
        var duration = TimeSpan.Min(FirstQuarantine * Doubled(_convictions), LongestQuarantine);
        _quarantinedUntil = now + duration;
        _isQuarantined = true;
        return duration;
    }

    /// <summary>Lets NetMQ try again, when the quarantine is over.</summary>
    /// <param name="now">The present.</param>
    /// <param name="left">How long it still lasts.</param>
    public bool TryBeginTrial(Timestamp now, out TimeSpan left)
    {
        left = TimeSpan.Max(TimeSpan.Zero, _quarantinedUntil - now);
        if (left == TimeSpan.Zero && _isQuarantined)
        {
            _isQuarantined = false;
            (IsSuspected, Cell) = (true, null);
        }

        return left == TimeSpan.Zero;
    }

    private static double Doubled(int times) => Math.Pow(2, Math.Clamp(times - 1, 0, MostDoublings));

    private readonly record struct Presence(int IoThread, int Open, Timestamp Closed);
}
