using ZmqExporter.Messaging;

namespace ZmqExporter.Probing;

/// <summary>
/// What a target's probes remember, from one to the next, of how the peer treats a ZMTP PING. Some announce ZMTP 3.1 and leave every PING
/// without an answer, some end the connection at one: then silence says nothing, and the peer is asked no more. One that has answered
/// before gets a second chance, because a server that is restarted ends its connections, too. And what was concluded is tried again
/// after a while: a server is replaced by another one now and then. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="maxConnectionAge">When to try again: the module's setting.</param>
internal sealed class PingMemory(TimeProvider time, TimeSpan maxConnectionAge)
{
    private static readonly TimeSpan DefaultAge = TimeSpan.FromHours(1); // where connections are never renewed

    private readonly Lock _lock = new();
    private readonly TimeSpan _age = maxConnectionAge == TimeSpan.Zero ? DefaultAge : maxConnectionAge;
    private bool _hasAnswered;
    private bool _hasAnsweredSinceConnect;
    private int _ignored; // in a row
    private int _ended;
    private bool _ignores;
    private bool _ends;
    private Timestamp _concludedAt;
    private Timestamp _lastEnded = new(-1); // when that connection was opened

    /// <summary>Whether a PING may go out, so that its answer or the lack of one says something.</summary>
    public bool MayAsk
    {
        get
        {
            lock (_lock)
            {
                return !HasConcludedNeedsLock || IsOnTrialNeedsLock;
            }
        }
    }

    /// <summary>Whether the peer left earlier PINGs without an answer and is asked again all the same: silence alone is then no sign of a dead connection.</summary>
    public bool IsOnTrial
    {
        get
        {
            lock (_lock)
            {
                return IsOnTrialNeedsLock;
            }
        }
    }

    /// <summary>Whether the peer is asked no more because it completes handshakes and leaves PINGs without an answer.</summary>
    public bool IgnoresPing
    {
        get
        {
            lock (_lock)
            {
                return _ignores && !IsOnTrialNeedsLock;
            }
        }
    }

    /// <summary>Whether the peer is asked no more because it ends the connection at a PING.</summary>
    public bool EndsAtPing
    {
        get
        {
            lock (_lock)
            {
                return _ends && !IsOnTrialNeedsLock;
            }
        }
    }

    /// <summary>Why it is not asked whether it lives, in words.</summary>
    /// <param name="isAllowed">Whether the module has it asked.</param>
    /// <param name="hasCommand">Whether its version of ZMTP has the command.</param>
    public string WhyNotAsked(bool isAllowed, bool hasCommand) =>
        !isAllowed ? "ping: false keeps us from asking it"
        : !hasCommand ? "ZMTP 3.0 has no PING"
        : IgnoresPing ? "it completes handshakes and answers no ZMTP PING"
        : "it does not know ZMTP PING";

    private bool HasConcludedNeedsLock => _ignores || _ends;

    private bool IsOnTrialNeedsLock => HasConcludedNeedsLock && _concludedAt.Elapsed(time) >= _age;

    /// <summary>A PONG came.</summary>
    public void OnPong()
    {
        lock (_lock)
        {
            _hasAnswered = _hasAnsweredSinceConnect = true;
            _ignored = _ended = 0;
            _ignores = _ends = false;
        }
    }

    /// <summary>No PONG came from a process that gave another sign of life meanwhile.</summary>
    public void OnIgnored()
    {
        lock (_lock)
        {
            if (++_ignored >= (_hasAnsweredSinceConnect ? 2 : 1))
            {
                (_ignores, _ends) = (true, false);
                _concludedAt = Timestamp.Now(time);
            }
        }
    }

    /// <summary>Notes, before another connection is opened, whether the peer ended the last one right after the first PING on it. Counts each connection once.</summary>
    public void Look(IMessageLink link)
    {
        if (link.WasLostToPing)
        {
            OnEnded(link.OpenedAt);
        }
    }

    /// <summary>The peer ended a connection right after the first PING on it.</summary>
    /// <param name="connection">A moment that is that connection's alone: each one counts once.</param>
    public void OnEnded(Timestamp connection)
    {
        lock (_lock)
        {
            if (connection != _lastEnded && ++_ended >= (_hasAnswered ? 2 : 1))
            {
                (_ignores, _ends) = (false, true);
                _concludedAt = Timestamp.Now(time);
            }

            _lastEnded = connection;
        }
    }

    /// <summary>
    /// A connection was made where there was none, so that somebody else may listen there now. That one is not known to leave PINGs without
    /// an answer; but that a connection ended at a PING may be the restart that is over now, so that what was known before still counts.
    /// </summary>
    public void OnConnected()
    {
        lock (_lock)
        {
            _hasAnsweredSinceConnect = false;
            _ignored = 0;
            _ignores = false;
        }
    }
}
