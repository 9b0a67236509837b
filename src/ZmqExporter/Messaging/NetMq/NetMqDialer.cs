using System.Net;
using System.Net.Sockets;
using NetMQ;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Makes a link's connections: resolves the name, because NetMQ would do so blocking and take only the first address; tries each address
/// on a socket of its own; and when none connects, asks our own client why, because NetMQ does not tell.
/// <see cref="ConnectAsync"/> begins and ends on the worker's thread.
/// </summary>
internal sealed class NetMqDialer(LinkOptions options, NetMqLink link, NetMqRuntime runtime, DiagnosticClient own)
{
    private readonly ZmtpEndpoint _endpoint = options.Endpoint;
    private volatile Stage _stage;
    private volatile bool _isQueued;
    private volatile IPEndPoint? _address;
    private NetMqWorker? _dialing;
    private long _attempt;

    /// <summary>How far a connect has come.</summary>
    private enum Stage
    {
        Resolving,
        Connecting,
    }

    /// <summary>How the connection in use was made.</summary>
    public ConnectionTimings Timings { get; private set; }

    /// <summary>The deadline of the caller that asked last.</summary>
    public Timestamp Deadline { get; private set; }

    /// <summary>A caller begins to wait, and the worker does not know yet.</summary>
    public void Begin(Timestamp deadline)
    {
        Deadline = deadline;
        _isQueued = true;
    }

    /// <summary>The worker knows.</summary>
    public void OnBegun() => _isQueued = false;

    /// <summary>Whether a connect runs on this thread; one on a thread that has ended never ends.</summary>
    public bool IsDialingOn(NetMqWorker worker) => _dialing == worker;

    /// <summary>Whatever runs ends without a connection, and its outcome means nothing any more.</summary>
    public void Abandon()
    {
        _attempt++;
        _dialing = null;
    }

    /// <summary>Makes a connection, which the link uses from the first moment on (<see cref="NetMqLink.Use"/>).</summary>
    /// <returns>Whether it was abandoned; if not, null as the error when it is connected.</returns>
    public async Task<(bool Abandoned, ZmtpError? Error)> ConnectAsync(NetMqWorker worker, Timestamp deadline)
    {
        var attempt = ++_attempt;
        _dialing = worker;
        var error = await TryAllAsync(worker, deadline, attempt);
        await worker.Enter();
        if (attempt != _attempt)
        {
            return (true, null);
        }

        _dialing = null;
        return (false, error);
    }

    /// <summary>What it means that the time is over before there is a connection.</summary>
    public ZmtpError TimedOut() => _stage switch
    {
        _ when _isQueued => new ZmtpError(ZmtpErrorCode.Local, "NetMQ's thread did not get to run in time, so the deadline proves nothing"),
        Stage.Resolving => new ZmtpError(ZmtpErrorCode.Resolve, $"no name server answered for {_endpoint.Host} in time"),
        _ => new ZmtpError(
            ZmtpErrorCode.ConnectTimeout,
            $"{_address} did not accept NetMQ's TCP connection in time: the host is gone, a firewall drops packets, or the server's backlog is full"),
    };

    private async Task<ZmtpError?> TryAllAsync(NetMqWorker worker, Timestamp deadline, long attempt)
    {
        var time = runtime.Context.Timers.Time;
        var start = Timestamp.Now(time);
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
                addresses = DialOrder.Of(await runtime.Context.Resolver.ResolveAsync(_endpoint.Host), _endpoint.Port);
            }
            catch (Exception exception) when (exception is SocketException or OutOfMemoryException)
            {
                return await AskWhyAsync(deadline) ?? Unlucky();
            }

            resolve = start.Elapsed(time);
            await worker.Enter();
        }

        for (var round = 0; ; round++)
        {
            var connecting = Timestamp.Now(time);
            for (var i = 0; i < addresses.Length; i++)
            {
                if (attempt != _attempt)
                {
                    return Unlucky();
                }

                if (!runtime.Context.Descriptors.TryTakeChecked(NetMqConnection.Descriptors))
                {
                    return runtime.Context.Descriptors.Refusal;
                }

                if (await TryAsync(worker, addresses[i], deadline, addresses.Length - i))
                {
                    Timings = new ConnectionTimings(resolve, connecting.Elapsed(time), Handshake: null);
                    return null;
                }
            }

            if (attempt != _attempt)
            {
                return Unlucky();
            }

            var error = await AskWhyAsync(deadline);
            await worker.Enter();
            if (error is not null || round > 0 || !link.IsAwaited || attempt != _attempt)
            {
                return error ?? Unlucky();
            }
        }
    }

    private async Task<bool> TryAsync(NetMqWorker worker, IPEndPoint address, Timestamp deadline, int addressesLeft)
    {
        _address = address;
        _stage = Stage.Connecting;
        var connection = NetMqConnection.Open(options, runtime.IoThreadOf(link.Suspect), worker, link, runtime.Context.Descriptors);
        link.Use(connection);
        link.Suspect.OnConnect();
        connection.Connect(address);
        if (addressesLeft == 1 && link.IsAwaited)
        {
            // The end of the wait is the end of this.
            return await connection.Settled.Task;
        }

        // However many addresses there are, each gets its chance before the deadline.
        var time = runtime.Context.Timers.Time;
        var left = TimeSpan.Max(TimeSpan.Zero, deadline - Timestamp.Now(time));
        try
        {
            return await connection.Settled.Task.WaitAsync(left / addressesLeft, time);
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            await worker.Enter();
        }
    }

    // Without a probe, nobody wants to know.
    private async ValueTask<ZmtpError?> AskWhyAsync(Timestamp deadline) => link.IsAwaited ? await own.AskAsync(deadline) : null;

    private ZmtpError Unlucky() => new(ZmtpErrorCode.Refused, $"NetMQ did not get a TCP connection to {_address?.ToString() ?? _endpoint.Host}");
}
