using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Http;
using ZmqExporter.Logging;

namespace ZmqExporter.Tests.Http;

public sealed class ConnectionGateTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<ConnectionGate> _logger = new();
    private readonly ConnectionGate _gate;
    private readonly Listener _listener = new();

    public ConnectionGateTests()
    {
        _gate = new ConnectionGate(
            new HttpLimits(Connections: 3, ConnectionsPerAddress: 2, Responses: 9, ResponsesPerAddress: 9, Bytes: 9, BytesPerAddress: 9), _time, _logger);
        _ = ServeAllAsync();
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    [Fact]
    public async Task Run_AddressAtItsLimit_IsClosedAtOnceAndOthersAreServed()
    {
        var first = Connect("192.0.2.1");
        var second = Connect("192.0.2.1");
        await using var third = Connect("::ffff:192.0.2.1"); // the same client
        await using var other = Connect("192.0.2.2");
        await third.Ended;
        Assert.True(third.IsAborted);
        Assert.Equal(3, _gate.Connections);
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
    public async Task Run_ConnectionWhoseSocketIsNotClosedYet_StillCounts()
    {
        await using var first = Connect("192.0.2.1", closes: false);
        await using var second = Connect("192.0.2.1");
        first.RequestClose(); // it is served no more
        await using var third = Connect("192.0.2.1");
        Assert.True(third.IsAborted);

        first.Close();
        await first.Ended;
        await using var fourth = Connect("192.0.2.1");
        Assert.False(fourth.IsAborted);
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
        Assert.Null(record.GetStructuredStateValue("leftOut"));
        Assert.StartsWith(LogEvents.SelfLimited, record.Id.Name, StringComparison.Ordinal); // a second limit would drop the count with the line

        await first.SayAsync("GET"); // else its silence ends it
        await second.SayAsync("GET");
        _time.Advance(TimeSpan.FromMinutes(1));
        await using var later = Connect("192.0.2.1");
        Assert.Equal("99", _logger.LatestRecord.GetStructuredStateValue("leftOut"));
    }

    [Fact]
    public async Task Limit_Lower_HoldsForNewConnections()
    {
        await using var first = Connect("192.0.2.1");
        _gate.Limit(new HttpLimits(Connections: 1, ConnectionsPerAddress: 1, Responses: 9, ResponsesPerAddress: 9, Bytes: 9, BytesPerAddress: 9));
        await using var second = Connect("192.0.2.2");
        Assert.Equal((false, true), (first.IsAborted, second.IsAborted));
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

    private Connection Connect(string address, bool closes = true)
    {
        var connection = new Connection(address, closes);
        _listener.Connect(connection.Context);
        return connection;
    }

    // As Kestrel does.
    private async Task ServeAllAsync()
    {
        var listener = await new GatedListenerFactory(_listener, _gate).BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        while (await listener.AcceptAsync() is { } connection)
        {
            _ = ServeAsync(connection);
        }
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        await _gate.RunAsync(connection, connection => ((Connection)connection.Items["connection"]!).ServeAsync(connection));
        await connection.DisposeAsync();
    }

    /// <summary>Accepts at once what connects.</summary>
    private sealed class Listener : IConnectionListenerFactory, IConnectionListener
    {
        private readonly Channel<ConnectionContext> _accepted =
            Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { AllowSynchronousContinuations = true });

        public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.Any, 0);

        public void Connect(ConnectionContext connection) => Assert.True(_accepted.Writer.TryWrite(connection));

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            EndPoint = endpoint;
            return ValueTask.FromResult<IConnectionListener>(this);
        }

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await _accepted.Reader.ReadAsync(cancellationToken);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A connection in memory, which is served until its disposal.</summary>
    private sealed class Connection : IAsyncDisposable, IConnectionLifetimeNotificationFeature
    {
        private readonly Pipe _toServer = new(new PipeOptions(readerScheduler: PipeScheduler.Inline));
        private readonly MemoryContext _context;
        private readonly CancellationTokenSource _closeRequested = new();
        private readonly TaskCompletionSource _left = new();

        public Connection(string address, bool closes)
        {
            _context = new MemoryContext
            {
                Transport = new DuplexPipe(_toServer.Reader),
                RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 40_000),
            };
            _context.Items["connection"] = this;
            _context.Features.Set<IConnectionLifetimeNotificationFeature>(this);
            if (closes)
            {
                _context.Closes.TrySetResult();
            }
        }

        public ConnectionContext Context => _context;

        public Task Ended => _context.Closed.Task;

        public string? Served { get; private set; }

        public bool IsAborted => _context.IsAborted;

        public CancellationToken ConnectionClosedRequested
        {
            get => _closeRequested.Token;
            set => throw new NotSupportedException();
        }

        public async Task ServeAsync(ConnectionContext connection)
        {
            var read = await connection.Transport.Input.ReadAsync();
            Served = Encoding.ASCII.GetString(read.Buffer);
            await _left.Task;
        }

        public async Task SayAsync(string text) => await _toServer.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));

        public void RequestClose() => _closeRequested.Cancel();

        public void Close() => _context.Closes.TrySetResult();

        public async ValueTask DisposeAsync()
        {
            _left.TrySetResult();
            await _toServer.Writer.CompleteAsync();
            Close();
            await Ended;
            _closeRequested.Dispose();
        }

        private sealed class MemoryContext : DefaultConnectionContext
        {
            public bool IsAborted { get; private set; }

            public TaskCompletionSource Closes { get; } = new();

            public TaskCompletionSource Closed { get; } = new();

            public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;

            public override async ValueTask DisposeAsync()
            {
                await Closes.Task;
                await base.DisposeAsync();
                Closed.TrySetResult();
            }
        }

        private sealed class DuplexPipe(PipeReader input) : IDuplexPipe
        {
            public PipeReader Input => input;

            public PipeWriter Output { get; } = PipeWriter.Create(Stream.Null);
        }
    }
}
