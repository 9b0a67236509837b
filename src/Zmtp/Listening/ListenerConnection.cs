using System.Net.Sockets;
using Zmtp.Limits;
using Zmtp.Security;
using Zmtp.Sockets;
using Zmtp.Timing;
using Zmtp.Wire;

namespace Zmtp.Listening;

/// <summary>One accepted connection, from its greeting to its end. Thread-safe.</summary>
#pragma warning disable CA1001 // The receiver disposes of itself when the socket is closed.
internal sealed class ListenerConnection : IReceiverOwner, IByteOutput, IServerSink
#pragma warning restore CA1001
{
    // What waits for a peer that does not read: PONGs that it asked for.
    private const int MaxBacklog = 64 * 1024;

    private const int Handshaking = 0;
    private const int Opened = 1;
    private const int Held = 2; // refused, and not closed yet, so that it does not come back at once
    private const int Closed = 3;

    private readonly IncomingConnections _owner;
    private readonly ServerSession _session;
    private readonly ConnectionReceiver _receiver;
    private readonly ConnectionSender _sender;
    private readonly PeerQuestion _question = new();
    private FloodGuard _flood;
    private Timestamp _lastTraffic;
    private Timestamp _lastMessage;
    private Timestamp _askedToLeave;
    private int _stage;

    /// <param name="owner">Counts it, and has what it may take.</param>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="address">Where it came from, for people.</param>
    /// <param name="group">With which others it shares its address' limits.</param>
    public ListenerConnection(IncomingConnections owner, Socket socket, string address, string group)
    {
        _owner = owner;
        Peer = new ListenerPeer(address, this);
        Group = group;
        Since = owner.Now;
        _lastTraffic = _lastMessage = Since;
        _flood = new FloodGuard(owner.Limits.MaxMessageSize);
        _sender = new ConnectionSender(socket, MaxBacklog);
        _session = new ServerSession(owner.Security, owner.Limits, owner.Topic, this, this, owner.Buffers);
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            KernelReceive.TryEnable(socket);
        }

        _receiver = new ConnectionReceiver(this, socket, Since, owner.Time, owner.Bulk);
    }

    /// <summary>Who it is.</summary>
    public ListenerPeer Peer { get; }

    /// <summary>With which others it shares its address' limits.</summary>
    public string Group { get; }

    /// <summary>Since when it has been in its stage.</summary>
    public Timestamp Since { get; private set; }

    /// <summary>When something came last.</summary>
    public Timestamp LastTraffic => Timestamp.VolatileRead(ref _lastTraffic);

    /// <summary>When a whole message came last, or the connection.</summary>
    public Timestamp LastMessage => Timestamp.VolatileRead(ref _lastMessage);

    /// <summary>Whether the peer can be asked for a PONG.</summary>
    public bool CanPing => _session.CanPing;

    /// <summary>See <see cref="ListenerPeer.EndedAtPing"/>.</summary>
    public bool EndedAtPing => _question.EndedIt;

    /// <summary>See <see cref="ListenerPeer.IsAcknowledged"/>.</summary>
    public bool? IsAcknowledged => _sender.IsAcknowledged;

    /// <summary>See <see cref="ListenerPeer.KeptAwayAt"/>.</summary>
    public Timestamp KeptAwayAt => _owner.KeptAwayOf(Group);

    /// <summary>Where it stands in the list of those that are not open, or null; for the owner, under its lock.</summary>
    public LinkedListNode<ListenerConnection>? Pending { get; set; }

    /// <summary>Whether the owner counts it among the open ones; for the owner, under its lock.</summary>
    public bool CountsAsOpen { get; set; }

    /// <summary>Whether it was refused already.</summary>
    public bool IsHeld => Volatile.Read(ref _stage) == Held;

    /// <summary>Greets the peer and reads until the end.</summary>
    public void Start()
    {
        _session.Start();
        _receiver.ReceiveAll(_owner.Watch);
    }

    /// <summary>The peer may wait for all of our greeting.</summary>
    public void Prompt()
    {
        if (Volatile.Read(ref _stage) == Handshaking)
        {
            _session.CompleteGreeting();
        }
    }

    /// <summary>See <see cref="ListenerPeer.Ping"/>.</summary>
    public ListenerPing? Ping() => Volatile.Read(ref _stage) == Opened && CanPing ? _question.Ask(_session, _owner.Now) : null;

    /// <summary>
    /// Ends our side of the stream, so that the peer leaves: what is on its way still comes, which a close would throw away. One that stays is closed later.
    /// </summary>
    public void AskToLeave()
    {
        if (!_askedToLeave.IsSet)
        {
            _askedToLeave = _owner.Now;
            _sender.HalfClose();
        }
        else if (_owner.Now - _askedToLeave >= _owner.Limits.HandshakeTimeout)
        {
            Close(new ZmtpError(ZmtpErrorCode.Local, "nothing came on it for so long that it was closed"));
        }
    }

    /// <summary>Sees to it that the socket is read, and then calls back.</summary>
    public void ReadThen(Timestamp until, Action<object?> then, object? state) => new ReadRequest(_receiver, until, then, state).Queue();

    /// <summary>Ends it.</summary>
    /// <param name="error">Why.</param>
    /// <param name="isRefusal">Whether that is the peer's fault.</param>
    public void Close(ZmtpError error, bool isRefusal = false) => Leave(error, Closed, isRefusal);

    /// <inheritdoc />
    void IByteOutput.Send(ReadOnlySpan<byte> bytes)
    {
        if (!_sender.Send(bytes))
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static connection => connection.Close(new ZmtpError(ZmtpErrorCode.Protocol, "the peer does not read what we send"), isRefusal: true), this, preferLocal: false);
        }
    }

    /// <inheritdoc />
    ZmtpError? IServerSink.OnOpened()
    {
        Peer.Identity = _session.Identity;
        Peer.SocketType = _session.PeerType;
        if (Interlocked.CompareExchange(ref _stage, Opened, Handshaking) != Handshaking)
        {
            return new ZmtpError(ZmtpErrorCode.Disconnected, "it was given up meanwhile");
        }

        Since = _owner.Now;
        if (!_owner.TryOpen(this))
        {
            return IncomingConnections.NoRoom;
        }

        _owner.Handler.OnOpened(Peer);
        return _owner.Security.Allows(Peer.Identity) ? null : IncomingConnections.NoLongerAllowed; // they changed during the handshake
    }

    /// <inheritdoc />
    void IServerSink.OnMessage(ZmtpMessage message)
    {
        Timestamp.VolatileWrite(ref _lastMessage, _receiver.ReadAt);
        _owner.Handler.OnMessage(Peer, message, _receiver.LastByte.Latest);
    }

    /// <inheritdoc />
    void IServerSink.OnPong(ReadOnlySpan<byte> context) => _question.OnPong(context, _receiver.LastByte.Latest);

    /// <inheritdoc />
    bool IReceiverOwner.IsQuick => false; // what is pushed may be judged at length

    /// <inheritdoc />
    bool IReceiverOwner.OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (Volatile.Read(ref _stage) is Held or Closed)
        {
            return false;
        }

        if (bytes.IsEmpty)
        {
            Close(Ended);
            return false;
        }

        Timestamp.VolatileWrite(ref _lastTraffic, _receiver.ReadAt);
        ZmtpError? error;
        try
        {
            error = _session.Receive(bytes) ?? _flood.OnRead(bytes.Length, _session.TakeWork(), _receiver.ReadAt);
        }
#pragma warning disable CA1031 // On a thread of the network it would end the process.
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _owner.OnFault?.Invoke(exception);
            error = new ZmtpError(ZmtpErrorCode.Local, $"a bug of ours: {exception.GetType().Name}");
        }
#pragma warning restore CA1031

        if (error is not null)
        {
            // Peers of other kinds and versions do not come back because of us.
            Leave(error, error.Code is ZmtpErrorCode.NotZmtp or ZmtpErrorCode.Version or ZmtpErrorCode.Local ? Closed : Held, isRefusal: error.Code != ZmtpErrorCode.Local);
        }

        return error is null;
    }

    /// <inheritdoc />
    void IReceiverOwner.OnReceiveFailed(SocketError error) => Close(Ended);

    /// <inheritdoc />
    void IReceiverOwner.OnOutOfMemory() => Close(SocketErrors.OutOfMemory);

    /// <inheritdoc />
    void IReceiverOwner.OnReceiverEnded() => _session.Release(); // nobody else touches its buffers

    private static ZmtpError Ended { get; } = new(ZmtpErrorCode.Disconnected, "the peer closed the connection") { IsByPeer = true };

    private void Leave(ZmtpError error, int to, bool isRefusal)
    {
        var before = Volatile.Read(ref _stage);
        while (before < to)
        {
            var seen = Interlocked.CompareExchange(ref _stage, to, before);
            if (seen == before)
            {
                End(before, error, to, isRefusal);
                return;
            }

            before = seen;
        }
    }

    private void End(int before, ZmtpError error, int to, bool isRefusal)
    {
        _question.OnClosed(_owner.Now, error.IsByPeer);
        if (to == Closed)
        {
            _sender.Close(error is { Code: ZmtpErrorCode.Disconnected, IsByPeer: true } ? Ending.PeerIsGone : before == Opened && !isRefusal ? Ending.Orderly : Ending.Reset);
            _receiver.Stop();
            _owner.Remove(this);
        }
        else
        {
            Since = _owner.Now;
            _owner.Hold(this);
        }

        if (ReferenceEquals(error, IncomingConnections.NoRoom))
        {
            _owner.Handler.OnTurnedAway(Peer.Address);
            return;
        }

        if (isRefusal)
        {
            _owner.Handler.OnRefused(Peer, error);
        }

        if (before == Opened)
        {
            _owner.Handler.OnClosed(Peer, error);
        }
    }
}
