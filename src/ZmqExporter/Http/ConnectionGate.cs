using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using ZmqExporter.Logging;

namespace ZmqExporter.Http;

/// <summary>Bounds the connections to the exporter's own port. Thread-safe.</summary>
/// <remarks>Not Kestrel's <c>MaxConcurrentConnections</c>: that knows no addresses, logs each refusal, and counts connections only when their
/// descriptors have been made and not until they are closed. <see cref="GatedListenerFactory"/> enters and leaves for each one.</remarks>
/// <param name="limits">How many there may be at first.</param>
/// <param name="time">For the time limits.</param>
/// <param name="logger">Hears of refusals, once a minute at most.</param>
internal sealed partial class ConnectionGate(HttpLimits limits, TimeProvider time, ILogger<ConnectionGate> logger)
{
    /// <summary>How long a new connection may say nothing.</summary>
    /// <remarks>Kestrel gives it as long as one that is kept after a request, and Prometheus shall find that one a minute later.</remarks>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<ClientAddress, int> _connections = [];
    private readonly MinuteLog _refusals = new(time);
    private HttpLimits _limits = limits;
    private int _total;

    /// <summary>How many connections there are.</summary>
    public int Connections
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    /// <summary>Sets how many there may be from now on. Those that are open stay open.</summary>
    public void Limit(HttpLimits limits)
    {
        lock (_gate)
        {
            _limits = limits;
        }
    }

    /// <summary>Serves a connection that was let in, or closes it because it says nothing.</summary>
    /// <param name="connection">It, before anything was read.</param>
    /// <param name="serve">Serves it to its end.</param>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate serve)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(serve);
        UnsentBytes.Limit(connection);
        if (await SpeaksAsync(connection))
        {
            await serve(connection);
        }
    }

    /// <summary>Counts a connection, if there is room for it.</summary>
    /// <param name="address">Whose it is.</param>
    /// <returns>Whether to serve it, and to call <see cref="Leave"/> once it is closed; else it is to be closed at once.</returns>
    public bool TryEnter(ClientAddress address)
    {
        string reason;
        int limit;
        lock (_gate)
        {
            var own = _connections.GetValueOrDefault(address);
            if (own < _limits.ConnectionsPerAddress && _total < _limits.Connections)
            {
                _connections[address] = own + 1;
                _total++;
                return true;
            }

            (reason, limit) = own < _limits.ConnectionsPerAddress
                ? ("as many connections are open as may be", _limits.Connections)
                : ("this address has as many connections as one may have", _limits.ConnectionsPerAddress);
        }

        if (_refusals.MayLog(out var leftOut))
        {
            Log.Refused(logger, reason, address.ToString(), limit, leftOut);
        }

        return false;
    }

    /// <summary>A connection that was counted is closed.</summary>
    public void Leave(ClientAddress address)
    {
        lock (_gate)
        {
            _total--;
            if (--_connections[address] == 0)
            {
                _connections.Remove(address);
            }
        }
    }

    /// <summary>Whether the client says something in time, which stays unread.</summary>
    private async Task<bool> SpeaksAsync(ConnectionContext connection)
    {
        using var limit = new CancellationTokenSource(SilenceLimit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            limit.Token,
            connection.ConnectionClosed,
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default); // the exporter stops
        try
        {
            var read = await connection.Transport.Input.ReadAsync(end.Token);
            connection.Transport.Input.AdvanceTo(read.Buffer.Start);
            return !read.Buffer.IsEmpty;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            connection.Abort(new ConnectionAbortedException("no request came"));
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = LogEvents.SelfLimited + nameof(Refused), Level = LogLevel.Warning, Message = "HTTP connections are closed at once")]
        public static partial void Refused(ILogger logger, string reason, string address, int limit, long? leftOut);
    }
}
