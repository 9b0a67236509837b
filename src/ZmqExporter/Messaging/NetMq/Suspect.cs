using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// A server as a danger to NetMQ: whether it may have been the one when an I/O thread dies, and its quarantine when it was. Shared by all
/// targets of one endpoint. Thread-safe.
/// </summary>
/// <param name="endpoint">The server.</param>
/// <param name="timers">The clock.</param>
internal sealed class Suspect(string endpoint, TimerQueue timers)
{
    /// <summary>How long the first quarantine lasts; each further one twice as long.</summary>
    public static readonly TimeSpan FirstQuarantine = TimeSpan.FromMinutes(1);

    /// <summary>How long a quarantine lasts at most, and after how long without a death an earlier one is forgotten.</summary>
    public static readonly TimeSpan LongestQuarantine = TimeSpan.FromHours(1);

    // A connection that was closed may still have had something in flight.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private int _connections;
    private Timestamp _lastActive;
    private Timestamp _lastClosed;
    private bool _hasConnected;
    private int _convictions;
    private Timestamp _convicted;
    private Timestamp _quarantinedUntil;
    private volatile bool _isQuarantined;

    /// <summary>The server.</summary>
    public string Endpoint => endpoint;

    /// <summary>The links to it, by name; guarded by the runtime.</summary>
    public List<string> Names { get; } = [];

    /// <summary>Whether NetMQ must not connect to it.</summary>
    public bool IsQuarantined => _isQuarantined;

    /// <summary>When NetMQ last had to do with it.</summary>
    public Timestamp LastActive => Timestamp.VolatileRead(ref _lastActive);

    /// <summary>A NetMQ socket begins to connect to it.</summary>
    public void OnConnect()
    {
        lock (_lock)
        {
            _hasConnected = true;
            _connections++;
            _lastActive = timers.Now;
        }
    }

    /// <summary>NetMQ sends it something.</summary>
    public void OnSend() => Timestamp.VolatileWrite(ref _lastActive, timers.Now);

    /// <summary>A NetMQ socket to it was closed.</summary>
    public void OnClose()
    {
        lock (_lock)
        {
            _connections--;
            _lastClosed = timers.Now;
        }
    }

    /// <summary>Whether it can have sent NetMQ something a moment ago.</summary>
    public bool IsPossible()
    {
        lock (_lock)
        {
            return _connections > 0 || (_hasConnected && timers.Now - _lastClosed < Memory);
        }
    }

    /// <summary>All NetMQ sockets are gone.</summary>
    public void OnGenerationDied()
    {
        lock (_lock)
        {
            _hasConnected = false;
            _connections = 0;
        }
    }

    /// <summary>It was the one.</summary>
    /// <returns>How long it is quarantined.</returns>
    public TimeSpan Convict()
    {
        lock (_lock)
        {
            var now = timers.Now;
            var isRepeated = _convictions > 0 && now - _convicted < 2 * LongestQuarantine;
            _convictions = isRepeated ? _convictions + 1 : 1;
            _convicted = now;
            var minutes = FirstQuarantine * Math.Pow(2, Math.Min(_convictions - 1, 10));
            var duration = minutes < LongestQuarantine ? minutes : LongestQuarantine;
            _quarantinedUntil = now + duration;
            _isQuarantined = true;
            return duration;
        }
    }

    /// <summary>Lets NetMQ try again, when the quarantine is over.</summary>
    /// <param name="left">How long it still lasts.</param>
    public bool TryBeginTrial(out TimeSpan left)
    {
        lock (_lock)
        {
            var now = timers.Now;
            left = _quarantinedUntil > now ? _quarantinedUntil - now : TimeSpan.Zero;
            _isQuarantined &= left > TimeSpan.Zero;
            return !_isQuarantined;
        }
    }
}
