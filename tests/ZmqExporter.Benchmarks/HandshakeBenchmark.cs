using System.Diagnostics;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.Benchmarks;

/// <summary>
/// What each security mechanism costs us against libzmq: connections with their handshake a second on one core, and round trips on
/// one connection. The server is a process of its own, so the CPU time is that of our side alone.
/// </summary>
internal static class HandshakeBenchmark
{
    private const int Workers = 4;
    private const int RoundTrips = 5_000;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(8);

    public static async Task RunAsync()
    {
        var server = CurveKeyPair.Generate();
        using var clear = new ServerProcess(ServerProcess.Argument, "null");
        using var plain = new ServerProcess(ServerProcess.Argument, "plain");
        using var curve = new ServerProcess(ServerProcess.Argument, "curve", server.ExportSecretKey());
        using var self = Process.GetCurrentProcess();
        if (OperatingSystem.IsLinux())
        {
            self.ProcessorAffinity = 1; // after the servers, which may use the others
        }

        Console.WriteLine("mechanism  handshakes/s  CPU each    4-byte round trip: CPU  16 KiB request: CPU");
        await MeasureAsync(self, clear, ZmtpSecurity.Null);
        await MeasureAsync(self, plain, ZmtpSecurity.Plain("probe", "password"));
        await MeasureAsync(self, curve, ZmtpSecurity.Curve(server.PublicKey, CurveKeyPair.Generate()));
    }

    private static async Task MeasureAsync(Process self, ServerProcess server, ZmtpSecurity security)
    {
        using var timers = new TimerQueue(TimeProvider.System);
        var context = new ZmtpContext(timers, new NameResolver());
        var options = new ZmtpOptions { SocketType = SocketType.Req, Security = security };
        if (!ZmtpEndpoint.TryParse(server.Endpoint, out var endpoint, out var error))
        {
            throw new InvalidOperationException(error);
        }

        await ShakeAsync(WarmUp);
        var cpu = Cpu(self);
        var start = Stopwatch.GetTimestamp();
        var count = await ShakeAsync(Measured);
        var rate = count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        var each = (Cpu(self) - cpu) / count;

        using var peer = new Peer();
        using var connection = ZmtpConnection.Start(endpoint, options, context, Deadline(), peer);
        await peer.NextAsync();
        var small = await RoundTripAsync(new byte[4]);
        var large = await RoundTripAsync(new byte[16 * 1024]);
        Console.WriteLine($"{security,-9}  {rate,12:0}  {each.TotalMicroseconds,5:0} µs    {small.TotalMicroseconds,20:0} µs  {large.TotalMicroseconds,17:0} µs");

        async Task<int> ShakeAsync(TimeSpan duration)
        {
            var end = timers.After(duration);
            var counts = await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
            {
                var done = 0;
                while (timers.Now < end)
                {
                    using var opening = new Peer();
                    using var shaken = ZmtpConnection.Start(endpoint, options, context, Deadline(), opening);
                    await opening.NextAsync();
                    done++;
                }

                return done;
            })));
            return counts.Sum();
        }

        async Task<TimeSpan> RoundTripAsync(byte[] request)
        {
            var message = ZmtpMessage.FromFrames(request);
            var before = TimeSpan.Zero;
            for (var i = 0; i < 2 * RoundTrips; i++)
            {
                before = i == RoundTrips ? Cpu(self) : before; // the first half warms up
                connection.Send(message);
                await peer.NextAsync();
            }

            return (Cpu(self) - before) / RoundTrips;
        }

        Timestamp Deadline() => timers.After(TimeSpan.FromSeconds(10));
    }

    private static TimeSpan Cpu(Process self)
    {
        self.Refresh();
        return self.TotalProcessorTime;
    }

    /// <summary>Waits for the next thing of a connection: its opening, then each message.</summary>
    private sealed class Peer : IConnectionHandler, IDisposable
    {
        private readonly SemaphoreSlim _arrived = new(0);
        private ZmtpError? _error;

        public async Task NextAsync()
        {
            await _arrived.WaitAsync();
            if (_error is not null)
            {
                throw new InvalidOperationException(_error.ToString());
            }
        }

        public void OnEvent(ConnectionEvent connectionEvent)
        {
        }

        public void OnOpened(ZmtpConnection connection, PeerInfo peer) => _arrived.Release();

        public IFrameReceiver CreateReceiver(ZmtpConnection connection) => new CallbackReceiver(connection, _ => _arrived.Release());

        public void OnPong(ZmtpConnection connection, Timestamp timestamp)
        {
        }

        public void OnClosed(ZmtpConnection connection, ZmtpError error)
        {
            _error = error;
            _arrived.Release();
        }

        public void Dispose() => _arrived.Dispose();
    }
}
