using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Zmtp;
using Zmtp.Connecting;
using Zmtp.Endpoints;
using Zmtp.Looking;
using Zmtp.Timing;

namespace ZmqExporter.Scanning;

/// <summary>Looks at many addresses, so many a second, and at each for so long. One use.</summary>
/// <param name="rate">New connections a second.</param>
/// <param name="look">How long each look takes.</param>
/// <param name="time">The clock.</param>
internal sealed class Scanner(int rate, LookOptions look, TimeProvider time)
{
    private const int MaxAtOnce = 256;
    private const int MaxAddressesOfName = 4;

    private readonly NameResolver _resolver = new(maxThreads: 8);
    private readonly Lock _lock = new();
    private Timestamp _next;

    /// <summary>How long it takes at most, when everybody is silent.</summary>
    public TimeSpan Longest(int count) => TimeSpan.FromSeconds((double)count / rate) + look.Timeout;

    /// <summary>Looks at all of them.</summary>
    /// <returns>What was seen, in the order of the addresses.</returns>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public async Task<ImmutableArray<Sighting>> ScanAsync(ImmutableArray<Candidate> candidates, CancellationToken cancellation)
    {
        _next = Timestamp.Now(time);
        var sightings = new Sighting[candidates.Length];
        var atOnce = (int)Math.Clamp(Math.Ceiling(rate * look.Timeout.TotalSeconds), 1, MaxAtOnce);
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, candidates.Length, options, async (index, stop) =>
            sightings[index] = new Sighting(candidates[index], candidates[index].Skip is null ? await LookAsync(candidates[index].Endpoint, stop) : null));
        return [.. sightings];
    }

    private async Task<LookResult> LookAsync(ZmtpEndpoint endpoint, CancellationToken cancellation)
    {
        if (!endpoint.IsName)
        {
            return endpoint.SocketPath is { } path ? await LookAsync(path, cancellation)
                : endpoint.Address is { } address ? await LookAsync(new IPEndPoint(address, endpoint.Port), cancellation)
                : Unresolved($"{endpoint} has no address");
        }

        LookResult? last = null;
        foreach (var address in await ResolveAsync(endpoint.Host, cancellation))
        {
            last = await LookAsync(new IPEndPoint(address, endpoint.Port), cancellation);
            if (last.IsConnected)
            {
                break;
            }
        }

        return last ?? Unresolved($"the name {endpoint.Host} did not resolve");
    }

    private async Task<LookResult> LookAsync(EndPoint address, CancellationToken cancellation)
    {
        await PaceAsync(cancellation);
        return await PeerLook.LookAsync(address, look, time, cancellation);
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        try
        {
            var addresses = await _resolver.ResolveAsync(host).WaitAsync(look.Timeout, time, cancellation);
            return addresses[..Math.Min(addresses.Length, MaxAddressesOfName)];
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return [];
        }
    }

    // Each takes the next free place; a place that nobody took is not made up for.
    private async Task PaceAsync(CancellationToken cancellation)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = Timestamp.Now(time);
            var own = Timestamp.Max(now, _next);
            _next = own + TimeSpan.FromSeconds(1.0 / rate);
            wait = own - now;
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellation);
        }
    }

    private static LookResult Unresolved(string message) => new() { Error = new ZmtpError(ZmtpErrorCode.Resolve, message) };
}
