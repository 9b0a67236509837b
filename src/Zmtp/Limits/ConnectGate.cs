using System.Net;
using Zmtp.Timing;

namespace Zmtp.Limits;

/// <summary>
/// Bounds the connections to each address and port: how many are under way at the same time, and how many leave a local port behind
/// in TIME_WAIT. What it does not let pass is not made: it says nothing of the peer. Thread-safe.
/// </summary>
/// <remarks>
/// When there is less room than callers, those who were refused longest go first: the less room is left, the longer one has to have
/// waited. So it finds the age at which there is room for everybody of that age, whatever the intervals of the callers, and needs to
/// remember none of them.
/// </remarks>
internal sealed class ConnectGate : TimerEntry, IThreadPoolWorkItem
{
    /// <summary>How long nobody has to have been refused until that is over.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);

    // The part of the room that is for those who were refused before.
    private const double Reserve = 0.25;

    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPEndPoint, Destination> _destinations = [];
    private readonly ConnectLimits _limits;
    private readonly TimerQueue _timers;
    private readonly Action<HeldBack>? _onHeldBack;
    private int _pruneAt = 64;

    /// <summary>Makes one that knows of no connection.</summary>
    /// <param name="limits">The bounds.</param>
    /// <param name="timers">Clock, and the timer that finds out that it is over.</param>
    /// <param name="onHeldBack">Takes the beginning, each other cause, and the end, for each destination. Called on a pool thread; must not throw.</param>
    public ConnectGate(ConnectLimits limits, TimerQueue timers, Action<HeldBack>? onHeldBack = null)
    {
        _limits = limits;
        _timers = timers;
        _onHeldBack = onHeldBack;
    }

    /// <summary>How many destinations it remembers.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _destinations.Count;
            }
        }
    }

    /// <summary>Asks for a connection.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="refusedSince">Since when this caller has been refused; not set when it was not.</param>
    /// <param name="error">Why there may be none now.</param>
    /// <returns>What has to be notified of how the connection goes; null when there may be none now.</returns>
    public ConnectPass? TryEnter(IPEndPoint address, Timestamp refusedSince, out ZmtpError? error)
    {
        HeldBack begin;
        lock (_lock)
        {
            var now = _timers.Now;
            var destination = FindNeedsLock(address, now);
            var slots = (_limits.MaxAtOnce - destination.UnderWay) / (double)_limits.MaxAtOnce;
            var ports = (_limits.Burst - DebtNeedsLock(destination, now)) / _limits.Burst;
            var waited = refusedSince.IsSet ? now - refusedSince : TimeSpan.Zero;
            if (Admits(slots, 1.0 / _limits.MaxAtOnce, waited) && Admits(ports, 1.0 / _limits.Burst, waited))
            {
                destination.UnderWay++;
                error = null;
                return new ConnectPass(this, address);
            }

            var cause = slots < ports ? HeldBackCause.TooManyAtOnce : HeldBackCause.PortsInTimeWait;
            error = Error(address, cause);
            destination.FirstRefused = destination.Refused++ == 0 ? now : destination.FirstRefused;
            destination.LastRefused = now;
            if (destination.WasReported(cause))
            {
                return null;
            }

            if (Position == NotQueued)
            {
                _timers.Schedule(this, _timers.After(SweepPeriod));
            }

            begin = new HeldBack(address, cause, IsOver: false, Connects: 0, TimeSpan.Zero);
        }

        // Not from here: the caller may hold locks.
        ThreadPool.UnsafeQueueUserWorkItem(static report => report.Gate._onHeldBack?.Invoke(report.Begin), (Gate: this, Begin: begin), preferLocal: false);
        return null;
    }

    /// <summary>Whether somebody may pass.</summary>
    /// <param name="free">Which part of the room is free.</param>
    /// <param name="one">Which part of it one takes.</param>
    /// <param name="waited">For how long it has been refused.</param>
    internal static bool Admits(double free, double one, TimeSpan waited) =>
        free >= one && (free >= Reserve || waited.TotalSeconds >= (Reserve / free) - 1);

    /// <summary>A connection is made, or came to nothing. Called by the pass, once.</summary>
    internal void Leave(IPEndPoint address)
    {
        lock (_lock)
        {
            if (_destinations.TryGetValue(address, out var destination))
            {
                destination.UnderWay--;
                DropNeedsLock(address, destination, _timers.Now);
            }
        }
    }

    /// <summary>A connection was closed by us first, and keeps its port.</summary>
    /// <param name="address">Where it went.</param>
    /// <param name="hasTimestamps">Whether it had TCP timestamps, without which no port is taken again early.</param>
    internal void KeepPort(IPEndPoint address, bool hasTimestamps)
    {
        var isReusable = hasTimestamps && _limits.Reuse switch
        {
            PortReuse.Everywhere => true,
            PortReuse.OnLoopback => IPAddress.IsLoopback(address.Address),
            _ => false,
        };
        lock (_lock)
        {
            var now = _timers.Now;
            var destination = FindNeedsLock(address, now);
            destination.Debt = DebtNeedsLock(destination, now) + (isReusable ? _limits.ReusableWeight : 1);
        }
    }

    /// <inheritdoc />
    protected internal override void OnDue(Timestamp due, Timestamp now) => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Looks for destinations of which nobody has been refused for some time.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        List<HeldBack> over = [];
        lock (_lock)
        {
            var now = _timers.Now;
            var goesOn = false;
            foreach (var (address, destination) in _destinations)
            {
                if (destination.Refused == 0)
                {
                    continue;
                }

                if (now - destination.LastRefused < Calm)
                {
                    goesOn = true;
                    continue;
                }

                var lasted = destination.LastRefused - destination.FirstRefused;
                over.Add(new HeldBack(address, HeldBackCause.PortsInTimeWait, IsOver: true, destination.Refused, lasted));
                destination.Refused = 0;
                destination.ReportedCauses = 0;
                DropNeedsLock(address, destination, now); // a dictionary may lose entries while it is read
            }

            if (goesOn)
            {
                _timers.Schedule(this, _timers.After(SweepPeriod));
            }
        }

        over.ForEach(end => _onHeldBack?.Invoke(end));
    }

    private static ZmtpError Error(IPEndPoint address, HeldBackCause cause) => new(
        ZmtpErrorCode.Local,
        cause == HeldBackCause.TooManyAtOnce
            ? $"this connection was not made: too many others to {address} are under way"
            : $"this connection was not made: too many local ports of earlier ones to {address} are still in TIME_WAIT")
    {
        IsHeldBack = true,
    };

    private Destination FindNeedsLock(IPEndPoint address, Timestamp now)
    {
        if (_destinations.TryGetValue(address, out var destination))
        {
            return destination;
        }

        if (_destinations.Count >= _pruneAt)
        {
            foreach (var (known, idle) in _destinations)
            {
                DropNeedsLock(known, idle, now);
            }

            _pruneAt = Math.Max(64, 2 * _destinations.Count);
        }

        destination = new Destination { Paid = now };
        _destinations.Add(address, destination);
        return destination;
    }

    private void DropNeedsLock(IPEndPoint address, Destination destination, Timestamp now)
    {
        if (destination is { UnderWay: 0, Refused: 0 } && DebtNeedsLock(destination, now) <= 0)
        {
            _destinations.Remove(address);
        }
    }

    private double DebtNeedsLock(Destination destination, Timestamp now)
    {
        if (destination.Debt > 0)
        {
            destination.Debt = Math.Max(0, destination.Debt - ((now - destination.Paid).TotalSeconds * _limits.PerSecond));
        }

        destination.Paid = now;
        return destination.Debt;
    }

    private sealed class Destination
    {
        public int UnderWay { get; set; }

        /// <summary>Ports in TIME_WAIT, as a debt that is paid off at the rate at which they may come.</summary>
        public double Debt { get; set; }

        public Timestamp Paid { get; set; }

        public long Refused { get; set; }

        /// <summary>The causes that were reported since that began, as bits.</summary>
        public int ReportedCauses { get; set; }

        public Timestamp FirstRefused { get; set; }

        public Timestamp LastRefused { get; set; }

        /// <summary>Whether a cause was reported, and notes that it is now: each needs another remedy.</summary>
        public bool WasReported(HeldBackCause cause)
        {
            var before = ReportedCauses;
            ReportedCauses |= 1 << (int)cause;
            return before == ReportedCauses;
        }
    }
}

/// <summary>Connections to one address and port are held back, or no longer.</summary>
/// <param name="Address">Which.</param>
/// <param name="Cause">Why; means nothing at the end.</param>
/// <param name="IsOver">Whether that is over.</param>
/// <param name="Connects">At the end: how many were not made.</param>
/// <param name="Lasted">At the end: for how long.</param>
public sealed record HeldBack(IPEndPoint Address, HeldBackCause Cause, bool IsOver, long Connects, TimeSpan Lasted);

/// <summary>Why connections are held back.</summary>
public enum HeldBackCause
{
    /// <summary>Too many are under way at the same time.</summary>
    TooManyAtOnce,

    /// <summary>Too many local ports are still in TIME_WAIT.</summary>
    PortsInTimeWait,
}
