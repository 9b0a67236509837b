using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http;

public sealed class ConnectionGateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<ConnectionGate> _logger = new();
    private readonly ConnectionGate _gate;

    public ConnectionGateTests() => _gate = new ConnectionGate(
        new HttpLimits(Connections: 3, ConnectionsPerAddress: 2, Responses: 9, ResponsesPerAddress: 9, Bytes: 9, BytesPerAddress: 9), _time, _logger);

    [Fact]
    public async Task Run_AddressAtItsLimit_IsClosedAtOnceAndOthersAreServed()
    {
        var first = Connect("192.0.2.1");
        var second = Connect("192.0.2.1");
        await using var third = Connect("::ffff:192.0.2.1"); // the same client
        await using var other = Connect("192.0.2.2");
        await third.Ended;
        Assert.True(third.IsAborted);
        Assert.All([first, second, other], connection => Assert.False(connection.Ended.IsCompleted));

        await first.DisposeAsync();
        await using var fourth = Connect("192.0.2.1");
        Assert.False(fourth.Ended.IsCompleted);
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Run_AllTaken_IsClosedAtOnce()
    {
        await using var first = Connect("192.0.2.1");
        await using var second = Connect("192.0.2.2");
        await using var third = Connect("192.0.2.3");
        await using var fourth = Connect("192.0.2.4");
        await fourth.Ended;
        Assert.True(fourth.IsAborted);
        Assert.Equal("3", _logger.LatestRecord.GetStructuredStateValue("limit"));
    }

    [Fact]
    public async Task Run_ManyRefusals_AreLoggedOnceAMinuteWithTheirNumber()
    {
        await using var first = Connect("192.0.2.1");
        await using var second = Connect("192.0.2.1");
        for (var i = 0; i < 100; i++)
        {
            await using var refused = Connect("192.0.2.1");
        }

        var record = Assert.Single(_logger.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Warning, record.Level);
        Assert.Equal("192.0.2.1", record.GetStructuredStateValue("address"));
        Assert.Equal("0", record.GetStructuredStateValue("notLogged"));

        await first.SayAsync("GET"); // else its silence ends it
        await second.SayAsync("GET");
        _time.Advance(TimeSpan.FromMinutes(1));
        await using var later = Connect("192.0.2.1");
        Assert.Equal("99", _logger.LatestRecord.GetStructuredStateValue("notLogged"));
    }

    [Fact]
    public async Task Run_ConnectionThatSaysNothing_IsClosed()
    {
        await using var connection = Connect("192.0.2.1");
        _time.Advance(ConnectionGate.SilenceLimit - TimeSpan.FromTicks(1));
        Assert.False(connection.Ended.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        await connection.Ended;
        Assert.True(connection.IsAborted);
        Assert.Null(connection.Served);
    }

    [Fact]
    public async Task Run_ConnectionThatSpeaks_IsServedFromItsFirstByteAndWithoutThatLimit()
    {
        await using var connection = Connect("192.0.2.1");
        await connection.SayAsync("GET /");
        Assert.Equal("GET /", connection.Served);
        _time.Advance(ConnectionGate.SilenceLimit);
        Assert.False(connection.Ended.IsCompleted);
    }

    [Fact]
    public async Task Run_ExporterStops_DoesNotWaitForSilentConnections()
    {
        await using var connection = Connect("192.0.2.1");
        connection.RequestClose();
        await connection.Ended;
    }

    private Connection Connect(string address) => new(_gate, address);

    /// <summary>A connection in memory, which is served until its disposal.</summary>
    private sealed class Connection : IAsyncDisposable, IConnectionLifetimeNotificationFeature
    {
        private readonly Pipe _toServer = new(new PipeOptions(readerScheduler: PipeScheduler.Inline));
        private readonly Context _context;
        private readonly CancellationTokenSource _closeRequested = new();
        private readonly TaskCompletionSource _left = new();

        public Connection(ConnectionGate gate, string address)
        {
            _context = new Context
            {
                Transport = new DuplexPipe(_toServer.Reader),
                RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 40_000),
            };
            _context.Features.Set<IConnectionLifetimeNotificationFeature>(this);
            Ended = gate.RunAsync(_context, async connection =>
            {
                var read = await connection.Transport.Input.ReadAsync();
                Served = Encoding.ASCII.GetString(read.Buffer);
                await _left.Task;
            });
        }

        public Task Ended { get; }

        public string? Served { get; private set; }

        public bool IsAborted => _context.IsAborted;

        public CancellationToken ConnectionClosedRequested
        {
            get => _closeRequested.Token;
            set => throw new NotSupportedException();
        }

        public async Task SayAsync(string text) => await _toServer.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));

        public void RequestClose() => _closeRequested.Cancel();

        public async ValueTask DisposeAsync()
        {
            _left.TrySetResult();
            await _toServer.Writer.CompleteAsync();
            await Ended;
            _closeRequested.Dispose();
        }

        private sealed class Context : DefaultConnectionContext
        {
            public bool IsAborted { get; private set; }

            public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;
        }

        private sealed class DuplexPipe(PipeReader input) : IDuplexPipe
        {
            public PipeReader Input => input;

            public PipeWriter Output { get; } = PipeWriter.Create(Stream.Null);
        }
    }
}
