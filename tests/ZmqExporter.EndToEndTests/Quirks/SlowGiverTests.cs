using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Quirks;

/// <summary>
/// A libzmq server that gives its jobs to whoever takes part, behind a way on which its READY is late: whatever the delay, a probe never
/// gets one, and the worker gets them all.
/// </summary>
public sealed class SlowGiverTests
{
    private const int Probes = 4;

    [Theory]
    [InlineData("push", SocketType.Pull, 20)]
    [InlineData("push", SocketType.Pull, 700)]
    [InlineData("dealer", SocketType.Dealer, 20)]
    [InlineData("dealer", SocketType.Dealer, 300)] // the greeting is in time, READY is not
    [InlineData("dealer", SocketType.Dealer, 700)]
    [InlineData("dealer", SocketType.Router, 700)]
    [InlineData("dealer", SocketType.Req, 700)] // sent first, and it does not fit
    [InlineData("req", SocketType.Rep, 700)]
    public async Task Probe_GiverBehindASlowWay_LosesNoJob(string kind, SocketType socket, int delay)
    {
        await using var server = await PythonPeer.StartAsync("giver.py", kind);
        await using var way = new SlowLink(server.Port, TimeSpan.FromMilliseconds(delay));
        using var timers = new TimerQueue(TimeProvider.System);
        using var worker = new Worker(kind, server.Endpoint, timers);
        await worker.HasTakenAsync(count => count > 0);
        using var prober = new ProberUnderTest(
            ScriptedServer.Parse(way.Endpoint), new HandshakeProberConfig(socket), TimeSpan.FromSeconds(1), lateAfter: TimeSpan.FromSeconds(1));

        for (var i = 0; i < Probes; i++)
        {
            var result = await prober.ProbeAsync();
            Assert.False(result.Outcome == ProbeOutcome.OnTime && !result.OnlyLooked, result.ToString());
        }

        await server.CommandAsync("stop"); // a REQ that waits for a reply of the probe's never gets there
        var given = int.Parse((await server.Process.WaitForLineAsync(@"^gave (\d+)$")).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        await worker.HasTakenAsync(count => count == given);
    }

    /// <summary>Takes jobs, and answers those of a REQ.</summary>
    private sealed class Worker : IConnectionHandler, IDisposable
    {
        private readonly ZmtpConnection _connection;
        private readonly bool _answers;
        private int _count;

        public Worker(string kind, string endpoint, TimerQueue timers)
        {
            _answers = kind == "req";
            var type = kind switch { "push" => SocketType.Pull, "dealer" => SocketType.Dealer, _ => SocketType.Rep };
            _connection = ZmtpConnection.Start(
                ScriptedServer.Parse(endpoint),
                new ZmtpOptions { SocketType = type },
                new ZmtpContext(timers, new NameResolver()),
                timers.After(Eventually.Deadline),
                this);
        }

        public Task<Worker> HasTakenAsync(Predicate<int> enough) => Eventually.GetAsync(
            () => Task.FromResult(enough(Volatile.Read(ref _count)) ? this : null),
            Eventually.Deadline,
            () => string.Create(CultureInfo.InvariantCulture, $"the worker has taken {Volatile.Read(ref _count)} jobs"));

        public void OnEvent(ConnectionEvent connectionEvent)
        {
        }

        public void OnOpened(ZmtpConnection connection, PeerInfo peer)
        {
        }

        public IFrameReceiver CreateReceiver(ZmtpConnection connection) => new CallbackReceiver(connection, message => OnMessage(connection, message));

        private void OnMessage(ZmtpConnection connection, ZmtpMessage message)
        {
            if (_answers)
            {
                connection.Send(message);
            }

            Interlocked.Increment(ref _count);
        }

        public void OnPong(ZmtpConnection connection, Timestamp timestamp)
        {
        }

        public void OnClosed(ZmtpConnection connection, ZmtpError error)
        {
        }

        public void Dispose() => _connection.Dispose();
    }
}
