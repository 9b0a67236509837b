using System.Net;
using System.Net.Sockets;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Makes a link's connections: resolves the name, because NetMQ would do so blocking and take only the first address; tries each address
/// on a socket of its own; and when none connects, asks our own client why, because NetMQ does not tell.
/// </summary>
internal sealed class NetMqDialer(LinkOptions options, NetMqLink link, ZmtpContext context, DiagnosticClient own)
{
    private readonly ZmtpEndpoint _endpoint = options.Endpoint;
    private volatile ZmtpError _timedOut = Starts;
    private volatile IPEndPoint? _address;

    /// <summary>How the connection in use was made.</summary>
    public ConnectionTimings Timings { get; private set; }

    /// <summary>How long the last attempt waited for the worker to start.</summary>
    public TimeSpan OwnDelay { get; private set; }

    /// <summary>What it means that the time is over before there is a connection.</summary>
    public ZmtpError TimedOut => _timedOut;

    private static ZmtpError Starts { get; } = new(ZmtpErrorCode.Local, "the NetMQ worker process took too long to start");

    private Timestamp Now => context.Timers.Now;

    /// <summary>Makes a connection, which the link uses from the first moment on (<see cref="NetMqLink.Open"/>).</summary>
    /// <returns>Null when it is connected, or given up.</returns>
    public async Task<ZmtpError?> ConnectAsync(WorkerRoute route, Timestamp deadline, long attempt)
    {
        var begun = Now;
        _timedOut = Starts;
        if (!await route.Worker.Ready)
        {
            return route.Worker.Ended;
        }

        OwnDelay = Now - begun;
        if (OwnDelay > (deadline - begun) / 2)
        {
            return Starts; // what is left would prove nothing
        }

        for (var isAgain = false; ; isAgain = true)
        {
            _timedOut = new ZmtpError(ZmtpErrorCode.Resolve, $"no name server answered for {_endpoint.Host} in time");
            var resolving = Now;
            var addresses = await ResolveAsync();
            var connecting = Now;
            for (var i = 0; i < addresses.Length; i++)
            {
                if (link.Open(attempt, route, $"tcp://{_address = addresses[i]}") is not { } connection)
                {
                    return null;
                }

                _timedOut = new ZmtpError(
                    ZmtpErrorCode.ConnectTimeout,
                    $"{_address} did not accept NetMQ's TCP connection in time: the host is gone, a firewall drops packets, or the server's backlog is full");
                if (await TryAsync(connection, deadline, addresses.Length - i))
                {
                    Timings = new ConnectionTimings(_endpoint.Address is null ? connecting - resolving : null, Now - connecting, Handshake: null);
                    return null;
                }

                if (connection.Error is { } error)
                {
                    return error;
                }
            }

            if (!link.IsCurrent(attempt))
            {
                return null;
            }

            // Without a probe, nobody wants to know why. What our own client finds nothing wrong with is tried again.
            var why = link.IsAwaited ? (await own.LookAsync(deadline)).Error : null;
            if (why is not null || isAgain || !link.IsAwaited)
            {
                return why ?? new ZmtpError(ZmtpErrorCode.Refused, $"NetMQ did not get a TCP connection to {_address?.ToString() ?? _endpoint.Host}");
            }
        }
    }

    // None where the name is not known: our own client says why.
    private async Task<IPEndPoint[]> ResolveAsync()
    {
        if (_endpoint.Address is { } address)
        {
            return [new IPEndPoint(address, _endpoint.Port)];
        }

        try
        {
            return DialOrder.Of(await context.Resolver.ResolveAsync(_endpoint.Host), _endpoint.Port);
        }
        catch (Exception exception) when (exception is SocketException or OutOfMemoryException)
        {
            return [];
        }
    }

    // However many addresses there are, each gets its chance before the deadline; of the last one, the end of the wait is the end of this.
    private async Task<bool> TryAsync(WorkerConnection connection, Timestamp deadline, int addressesLeft)
    {
        var left = addressesLeft == 1 && link.IsAwaited ? Timeout.InfiniteTimeSpan : TimeSpan.Max(TimeSpan.Zero, deadline - Now) / addressesLeft;
        await ((Task)connection.Settled.Task.WaitAsync(left, context.Timers.Time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return connection.Settled.Task is { IsCompleted: true, Result: true };
    }
}
