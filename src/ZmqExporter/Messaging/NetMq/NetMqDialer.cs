using System.Net;
using System.Net.Sockets;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Makes a link's connections: resolves the name, because NetMQ would do so blocking and take only the first address; tries each address
/// on a socket of its own; and when none connects, asks our own client why, because NetMQ does not tell.
/// </summary>
internal sealed class NetMqDialer(LinkOptions options, NetMqLink link, NetMqWorkers workers, DiagnosticClient own)
{
    private readonly ZmtpEndpoint _endpoint = options.Endpoint;
    private volatile Stage _stage;
    private volatile IPEndPoint? _address;

    /// <summary>How far a connect has come.</summary>
    private enum Stage
    {
        Starting,
        Resolving,
        Connecting,
    }

    /// <summary>How the connection in use was made.</summary>
    public ConnectionTimings Timings { get; private set; }

    /// <summary>How long the last attempt waited for the worker to start.</summary>
    public TimeSpan OwnDelay { get; private set; }

    /// <summary>Makes a connection, which the link uses from the first moment on (<see cref="NetMqLink.Open"/>).</summary>
    /// <returns>Null when it is connected, or given up.</returns>
    public async Task<ZmtpError?> ConnectAsync(WorkerRoute route, Timestamp deadline, long attempt)
    {
        var begun = workers.Context.Timers.Now;
        _stage = Stage.Starting;
        if (!await route.Worker.Ready)
        {
            return route.Worker.Ended;
        }

        var now = workers.Context.Timers.Now;
        OwnDelay = now - begun;
        if (OwnDelay > (deadline - begun) / 2)
        {
            return Starts; // what is left would prove nothing
        }

        _stage = Stage.Resolving;
        IPEndPoint[] addresses;
        TimeSpan? resolve = null;
        if (_endpoint.Address is { } address)
        {
            addresses = [new IPEndPoint(address, _endpoint.Port)];
        }
        else
        {
            try
            {
                addresses = DialOrder.Of(await workers.Context.Resolver.ResolveAsync(_endpoint.Host), _endpoint.Port);
            }
            catch (Exception exception) when (exception is SocketException or OutOfMemoryException)
            {
                return await AskWhyAsync(deadline) ?? Unlucky();
            }

            resolve = workers.Context.Timers.Now - now;
        }

        var isKnown = false;
        for (var round = 0; ; round++)
        {
            var connecting = workers.Context.Timers.Now;
            for (var i = 0; i < addresses.Length; i++)
            {
                if (link.Open(attempt, route, $"tcp://{_address = addresses[i]}") is not { } connection)
                {
                    return null;
                }

                _stage = Stage.Connecting;
                if (await TryAsync(connection, deadline, addresses.Length - i))
                {
                    Timings = new ConnectionTimings(resolve, workers.Context.Timers.Now - connecting, Handshake: null);
                    return null;
                }

                if (connection.Error is { } error)
                {
                    return error;
                }

                isKnown |= connection.IsKnown;
            }

            if (!link.IsCurrent(attempt))
            {
                return null;
            }

            var why = await AskWhyAsync(deadline);
            if (why is not null || round > 0 || !link.IsAwaited)
            {
                return why ?? (isKnown ? Unlucky() : Slow);
            }
        }
    }

    /// <summary>What it means that the time is over before there is a connection.</summary>
    public ZmtpError TimedOut() => _stage switch
    {
        Stage.Starting => Starts,
        Stage.Resolving => new ZmtpError(ZmtpErrorCode.Resolve, $"no name server answered for {_endpoint.Host} in time"),
        _ => new ZmtpError(
            ZmtpErrorCode.ConnectTimeout,
            $"{_address} did not accept NetMQ's TCP connection in time: the host is gone, a firewall drops packets, or the server's backlog is full"),
    };

    private static ZmtpError Slow { get; } = new(ZmtpErrorCode.Local, "the NetMQ worker process did not begin to connect in time");

    private static ZmtpError Starts { get; } = new(ZmtpErrorCode.Local, "the NetMQ worker process took too long to start");

    private async Task<bool> TryAsync(WorkerConnection connection, Timestamp deadline, int addressesLeft)
    {
        if (addressesLeft == 1 && link.IsAwaited)
        {
            return await connection.Settled.Task; // the end of the wait is the end of this
        }

        // However many addresses there are, each gets its chance before the deadline.
        var left = TimeSpan.Max(TimeSpan.Zero, deadline - workers.Context.Timers.Now);
        try
        {
            return await connection.Settled.Task.WaitAsync(left / addressesLeft, workers.Context.Timers.Time);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Without a probe, nobody wants to know.
    private async ValueTask<ZmtpError?> AskWhyAsync(Timestamp deadline) => link.IsAwaited ? await own.AskAsync(deadline) : null;

    private ZmtpError Unlucky() => new(ZmtpErrorCode.Refused, $"NetMQ did not get a TCP connection to {_address?.ToString() ?? _endpoint.Host}");
}
