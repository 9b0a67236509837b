using System.Diagnostics.CodeAnalysis;
using Zmtp.Connecting;
using Zmtp.Endpoints;
using Zmtp.Sessions;
using Zmtp.Timing;

namespace Zmtp.Connections;

/// <summary>
/// Keeps a connection to a server: makes it when first asked, makes it again when it is lost, with a back-off that doubles up to
/// a cap and is jittered, so that a thousand clients of a restarted server do not return as one. The name is resolved again each
/// time. Beside the one in use there may be one more, which replaces it when it is open and somebody says so. Thread-safe.
/// </summary>
public sealed class PersistentConnection : IConnectionHandler, IReconnects, IDisposable
{
    private readonly Lock _lock = new();
    private readonly ZmtpEndpoint _endpoint;
    private readonly ZmtpContext _context;
    private readonly IConnectionHandler _handler;
    private readonly ReconnectBackoff _backoff;
    private readonly ZmtpOptions _options;
    private readonly ZmtpOptions _besideOptions; // a ROUTER ignores a second peer with the routing id of one that it has
    private ZmtpConnection? _current;
    private ZmtpConnection? _beside;
    private bool _isOpen;
    private bool _isBesideOpen;
    private Timestamp _heldBackSince;
    private bool _disposed;
    private volatile bool _halfClosedInVain; // and nothing else has happened since

    /// <summary>Makes one that is not connected yet.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="options">How each connection behaves.</param>
    /// <param name="context">Clock and resolver.</param>
    /// <param name="reconnect">How a lost connection is made again; null waits for <see cref="Open"/>.</param>
    /// <param name="handler">Is notified of everything that happens to any of the connections.</param>
    public PersistentConnection(
        ZmtpEndpoint endpoint, ZmtpOptions options, ZmtpContext context, ReconnectOptions? reconnect, IConnectionHandler handler)
    {
        _endpoint = endpoint;
        _options = options;
        _besideOptions = options.RoutingId.IsEmpty ? options : options with { RoutingId = [] };
        _context = context;
        _handler = handler;
        _backoff = new ReconnectBackoff(context.Timers, context.Retries, reconnect, this);
    }

    /// <summary>The connection that is open or being made, or null.</summary>
    public ZmtpConnection? Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    /// <summary>Closes the connection, if any, as one that failed (<see cref="ZmtpConnection.Abort"/>); the next <see cref="Open"/> makes another.</summary>
    public void Abort()
    {
        Current?.Abort();
        Close();
    }

    /// <summary>Closes this connection as one that failed, if it is the one in use.</summary>
    public void Abort(ZmtpConnection connection)
    {
        lock (_lock)
        {
            if (connection != _current)
            {
                return;
            }

            TakeNeedsLock();
        }

        connection.Abort();
    }

    /// <summary>Returns the open connection, or starts an attempt with this deadline at once, whatever the back-off says: the caller has a pace of its own.</summary>
    /// <param name="deadline">Deadline of the attempt.</param>
    /// <param name="isOpen">True when messages may be sent now; else the handler is notified when, or why not.</param>
    /// <remarks>An attempt that the back-off started earlier is given up, so that nobody is judged by a deadline that began before the question.</remarks>
    public ZmtpConnection? Open(Timestamp deadline, out bool isOpen)
    {
        ZmtpConnection? stale;
        ZmtpConnection? connection;
        lock (_lock)
        {
            // One that was lost a moment ago, so that OnClosed is still on its way, is no answer to "open".
            isOpen = _isOpen && !_current!.IsClosed;
            if (isOpen || _disposed)
            {
                return _current;
            }

            stale = _current;
            _isOpen = false;
            connection = StartNeedsLock(deadline);
        }

        stale?.Dispose();
        return connection;
    }

    /// <summary>Gives the connection away, open as it is; the next <see cref="Open"/> makes another. The handler is still notified of what happens to it.</summary>
    /// <returns>The connection, which the caller disposes, or null when none was open.</returns>
    public ZmtpConnection? Detach()
    {
        lock (_lock)
        {
            return _isOpen ? TakeNeedsLock() : null;
        }
    }

    /// <summary>
    /// Starts one more connection, unless there is one beside already, and without the routing id; the handler learns how it goes from <see cref="IConnectionHandler.OnOpened"/>
    /// or <see cref="IConnectionHandler.OnClosed"/>. Nothing is made again when it fails.
    /// </summary>
    /// <param name="deadline">Deadline of the attempt.</param>
    /// <param name="isOpen">Whether there is one, and it is open already.</param>
    /// <returns>The connection, or null after disposal.</returns>
    public ZmtpConnection? OpenBeside(Timestamp deadline, out bool isOpen)
    {
        lock (_lock)
        {
            if (!_disposed && _beside is null)
            {
                _isBesideOpen = false;
                _beside = ZmtpConnection.Start(_endpoint, _besideOptions, _context, deadline, this, _heldBackSince);
            }

            isOpen = _isBesideOpen;
            return _beside;
        }
    }

    /// <summary>Puts the open connection beside in the place of the one in use.</summary>
    /// <param name="taken">What is in use now.</param>
    /// <param name="replaced">What was, if it was open, or null; the caller disposes it, and the handler is still notified of what happens to it. An
    /// attempt that was still being made is given up.</param>
    /// <returns>False when there is none that is open; then nothing changes.</returns>
    public bool TryTakeBeside([NotNullWhen(true)] out ZmtpConnection? taken, out ZmtpConnection? replaced)
    {
        ZmtpConnection? attempt;
        lock (_lock)
        {
            taken = null;
            replaced = null;
            if (_beside is null or { IsClosed: true } || !_isBesideOpen)
            {
                return false;
            }

            _backoff.Stop();
            replaced = _isOpen ? _current : null;
            attempt = _isOpen ? null : _current;
            taken = _current = _beside;
            _isOpen = true;
            _beside = null;
        }

        attempt?.Dispose();
        return true;
    }

    /// <summary>Closes the connection beside, if any.</summary>
    public void DropBeside()
    {
        ZmtpConnection? beside;
        lock (_lock)
        {
            beside = _beside;
            _beside = null;
        }

        beside?.Dispose();
    }

    /// <summary>Closes the connection, if any; the next <see cref="Open"/> makes another.</summary>
    public void Close()
    {
        ZmtpConnection? connection;
        lock (_lock)
        {
            connection = TakeNeedsLock();
            _backoff.Stop();
        }

        connection?.Dispose();
    }

    /// <summary>Closes the connections for good.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        Close();
        DropBeside();
    }

    /// <inheritdoc />
    IFrameReceiver IConnectionHandler.CreateReceiver(ZmtpConnection connection) => _handler.CreateReceiver(connection);

    /// <inheritdoc />
    void IConnectionHandler.OnEvent(ConnectionEvent connectionEvent) => _handler.OnEvent(connectionEvent);

    /// <inheritdoc />
    void IConnectionHandler.OnOpened(ZmtpConnection connection, PeerInfo peer)
    {
        lock (_lock)
        {
            if (connection.IsClosed || (connection != _current && connection != _beside))
            {
                return;
            }

            _isBesideOpen |= connection == _beside;
            _isOpen |= connection == _current;
            _heldBackSince = Timestamp.None;
        }

        _halfClosedInVain = false;
        _handler.OnOpened(connection, peer);
    }

    /// <inheritdoc />
    void IConnectionHandler.OnPong(ZmtpConnection connection, Timestamp timestamp) => _handler.OnPong(connection, timestamp);

    /// <inheritdoc />
    void IConnectionHandler.OnClosed(ZmtpConnection connection, ZmtpError error)
    {
        var retries = false;
        _halfClosedInVain = error.Code == ZmtpErrorCode.HandshakeTimeout && (_halfClosedInVain || connection.HalfClosedInVain);
        lock (_lock)
        {
            _heldBackSince = !error.IsHeldBack ? Timestamp.None : _heldBackSince.IsSet ? _heldBackSince : _context.Timers.Now;
            if (connection == _beside)
            {
                _beside = null;
            }
            else if (connection == _current)
            {
                _current = null;
                if (_isOpen)
                {
                    _backoff.OnLost(connection.OpenedAt);
                }

                _isOpen = false;

                // The kernel accepts for a frozen process until its backlog is full, which locks everybody out: against one that
                // says nothing, the pace of the callers is enough.
                retries = error.Code != ZmtpErrorCode.HandshakeTimeout && !_disposed && _backoff.TrySchedule();
            }
        }

        if (retries)
        {
            _handler.OnEvent(ConnectionEvent.ConnectRetried);
        }

        _handler.OnClosed(connection, error);
    }

    private ZmtpConnection? TakeNeedsLock()
    {
        var taken = _current;
        _current = null;
        _isOpen = false;
        return taken;
    }

    private ZmtpConnection StartNeedsLock(Timestamp deadline)
    {
        _backoff.Stop();

        // The side that ends a stream first keeps its port for a minute. A peer that said nothing to that will not do so at the next probe either.
        var options = _halfClosedInVain ? _options with { HalfCloses = false } : _options;
        return _current = ZmtpConnection.Start(_endpoint, options, _context, deadline, this, _heldBackSince);
    }

    /// <inheritdoc />
    void IReconnects.Retry(TimeSpan timeout)
    {
        lock (_lock)
        {
            if (!_disposed && _current is null && _backoff.TryTakeTurn())
            {
                StartNeedsLock(_context.Timers.After(timeout));
            }
        }
    }
}
