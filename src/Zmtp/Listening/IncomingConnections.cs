using System.Net.Sockets;
using System.Text;
using Zmtp.Limits;
using Zmtp.Security;
using Zmtp.Sockets;
using Zmtp.Timing;

namespace Zmtp.Listening;

/// <summary>
/// All connections that peers made to us, of one or more <see cref="ZmtpListener"/>s: who may come, what they may take together, and when
/// all of them have been read. Thread-safe.
/// </summary>
public sealed class IncomingConnections : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ConnectionBook _book;
    private readonly Housekeeping _housekeeping;
    private readonly ListenerContext _context;
    private ListenerSecurity _security;
    private bool _isDisposed;

    /// <param name="context">What all connections of the process share.</param>
    /// <param name="security">Who may come.</param>
    /// <param name="topic">What a PUB that connects is asked for.</param>
    /// <param name="limits">What they may take.</param>
    /// <param name="handler">Takes what they send.</param>
    public IncomingConnections(ListenerContext context, ListenerSecurity security, string topic, ListenerLimits limits, IListenerHandler handler)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _security = security;
        Topic = Encoding.UTF8.GetBytes(topic);
        Limits = limits;
        Handler = handler;
        _book = new ConnectionBook(limits);
        _housekeeping = new Housekeeping(this);
        AvailableSince = Now;
        context.Timers.Schedule(_housekeeping, Now + Housekeeping.Period);
    }

    /// <summary>How many are open.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
            {
                return _book.Open;
            }
        }
    }

    /// <summary>
    /// Since when this process has been able to take what comes, without a pause of more than two seconds: what did not come before need not have
    /// been the peers' fault.
    /// </summary>
    public Timestamp AvailableSince { get => Timestamp.VolatileRead(ref field); private set => Timestamp.VolatileWrite(ref field, value); }

    /// <summary>When somebody was kept away last, for want of room, files or memory; not set when nobody was.</summary>
    public Timestamp KeptAwayAt
    {
        get
        {
            lock (_lock)
            {
                return _book.LastAway;
            }
        }
    }

    internal static ZmtpError NoRoom { get; } = new(ZmtpErrorCode.TooLarge, "too many peers are connected");

    internal static ZmtpError MadeRoom { get; } = new(ZmtpErrorCode.Local, "it made room for a newer connection, because it had been idle for longest");

    internal static ZmtpError NoLongerAllowed { get; } = new(ZmtpErrorCode.Auth, "the configuration was reloaded, and does not allow it any more");

    internal ListenerSecurity Security => Volatile.Read(ref _security);

    internal ListenerLimits Limits { get; }

    internal IListenerHandler Handler { get; }

    internal byte[] Topic { get; }

    internal TimeProvider Time => _context.Timers.Time;

    internal Timestamp Now => _context.Timers.Now;

    internal BufferBudget Buffers => _context.Buffers;

    internal BulkLane Bulk { get; } = new();

    /// <summary>Watches their sockets; null has .NET do it.</summary>
    internal SocketWatch? Watch { get; init; } = SocketWatch.Shared;

    internal Action<Exception>? OnFault => _context.OnFault;

    /// <summary>From now on these may come; of those that are there, the others are disconnected.</summary>
    public void Use(ListenerSecurity security)
    {
        ListenerConnection[] refused;
        lock (_lock)
        {
            Volatile.Write(ref _security, security);
            refused = [.. _book.OpenOnes.Where(connection => !security.Allows(connection.Peer.Identity))];
        }

        foreach (var connection in refused)
        {
            connection.Close(NoLongerAllowed);
        }
    }

    /// <summary>Sees to it that everything that has come by now is read, and handed over.</summary>
    /// <returns>Ends when it was. Never fails.</returns>
    public Task ReadAllAsync()
    {
        ListenerConnection[] open;
        lock (_lock)
        {
            open = [.. _book.OpenOnes, .. _book.PendingOnes]; // a heartbeat may wait behind the end of a handshake
        }

        if (open.Length == 0)
        {
            return Task.CompletedTask;
        }

        var read = new ReadAll(open.Length);
        var now = Now;
        foreach (var connection in open)
        {
            connection.ReadThen(now, static state => ((ReadAll)state!).OneIsRead(), read);
        }

        return read.Task;
    }

    /// <summary>Closes all.</summary>
    public void Dispose()
    {
        ListenerConnection[] all;
        lock (_lock)
        {
            _isDisposed = true;
            all = [.. _book.OpenOnes, .. _book.PendingOnes];
        }

        _context.Timers.Cancel(_housekeeping);
        foreach (var connection in all)
        {
            connection.Close(new ZmtpError(ZmtpErrorCode.Local, "the listener ended"));
        }
    }

    /// <summary>Takes an accepted socket.</summary>
    internal void Take(Socket socket, string ownAddress)
    {
        var (address, group) = PeerAddress.Of(socket, ownAddress);
        if (!_context.Descriptors.TryTake())
        {
            socket.Close(0);
            NoteAway();
            Handler.OnTurnedAway(address);
            return;
        }

        ListenerConnection? connection = null;
        ListenerConnection? evicted = null;
        var hasRoom = false;
        lock (_lock)
        {
            if (!_isDisposed && _book.TryAdmit(group, Now, out evicted))
            {
                hasRoom = true;
                connection = new ListenerConnection(this, socket, address, group);
                _book.AddPending(connection);
            }
        }

        evicted?.Close(GaveWay, isRefusal: !evicted.IsHeld);
        if (!hasRoom)
        {
            socket.Close(0);
            _context.Descriptors.Return();
            Handler.OnTurnedAway(address);
            return;
        }

        connection!.Start();
    }

    internal bool TryOpen(ListenerConnection connection)
    {
        ListenerConnection? evicted;
        bool hasRoom;
        lock (_lock)
        {
            evicted = null;
            hasRoom = !_isDisposed && _book.TryOpen(connection, Now, out evicted);
        }

        evicted?.Close(MadeRoom);
        return hasRoom;
    }

    /// <summary>A connection could not be accepted, for want of files or memory.</summary>
    internal void OnAcceptFailed(SocketError? error)
    {
        if (error is not (SocketError.ConnectionAborted or SocketError.ConnectionReset))
        {
            NoteAway(); // who left by himself was not kept away
            Handler.OnAcceptFailed(error);
        }
    }

    internal Timestamp KeptAwayOf(string group)
    {
        lock (_lock)
        {
            return _book.LastAwayOf(group);
        }
    }

    internal void Hold(ListenerConnection connection)
    {
        lock (_lock)
        {
            _book.Hold(connection);
        }
    }

    internal void Remove(ListenerConnection connection)
    {
        lock (_lock)
        {
            _book.Remove(connection);
        }

        _context.Descriptors.Return();
    }

    private static ZmtpError GaveWay { get; } = new(ZmtpErrorCode.HandshakeTimeout, "it gave way to a newer connection before the end of its handshake");

    private void NoteAway()
    {
        lock (_lock)
        {
            _book.NoteAway(group: null, Now);
        }
    }

    private void CloseOld()
    {
        List<ListenerConnection> late;
        List<ListenerConnection> idle;
        List<ListenerConnection> waiting;
        lock (_lock)
        {
            (late, idle) = _book.Old(Now);
            waiting = [.. _book.PendingOnes];
        }

        waiting.ForEach(static connection => connection.Prompt());

        foreach (var connection in late)
        {
            connection.Close(
                new ZmtpError(ZmtpErrorCode.HandshakeTimeout, "the peer did not end its handshake in time"), isRefusal: !connection.IsHeld);
        }

        foreach (var connection in idle)
        {
            connection.AskToLeave();
        }
    }

    /// <summary>Each second: whose time is over, and whether this process got to run.</summary>
    private sealed class Housekeeping(IncomingConnections owner) : TimerEntry
    {
        public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

        private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(2);

        protected internal override void OnDue(Timestamp due, Timestamp now)
        {
            if (now - due > LongPause)
            {
                owner.AvailableSince = now;
            }

            owner._context.Timers.Schedule(this, now + Period);
            ThreadPool.UnsafeQueueUserWorkItem(static owner => owner.CloseOld(), owner, preferLocal: false);
        }
    }
}
