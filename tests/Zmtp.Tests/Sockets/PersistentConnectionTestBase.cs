using Microsoft.Extensions.Time.Testing;

namespace Zmtp.Tests.Sockets;

/// <summary>What tests of <see cref="PersistentConnection"/> need: a clock that they move, servers with a script, and what was heard.</summary>
public abstract class PersistentConnectionTestBase : IDisposable
{
    private protected readonly FakeTimeProvider _time = new();
    private protected readonly TimerQueue _timers;
    private protected readonly RecordingHandler _handler = new();
    private protected readonly List<IDisposable> _things = [];
    private protected readonly ManualResetEventSlim _over = new();

    private protected PersistentConnectionTestBase() => _timers = new TimerQueue(_time);

    /// <inheritdoc />
    public void Dispose()
    {
        _over.Set();
        _things.ForEach(thing => thing.Dispose());
        _timers.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Timestamp After(double seconds) => _timers.After(TimeSpan.FromSeconds(seconds));

    private protected ScriptedServer Serve(Action<ScriptedPeer> script)
    {
        var server = new ScriptedServer(script);
        _things.Add(server);
        return server;
    }

    private protected static ZmtpEndpoint Refusing()
    {
        using var server = new ScriptedServer(_ => { });
        return server.Endpoint;
    }

    private protected PersistentConnection New(ZmtpEndpoint endpoint, ReconnectOptions? reconnect, ConnectGate? gate = null, RetryPace? retries = null)
    {
        var context = new ZmtpContext(_timers, new NameResolver());
        var connection = new PersistentConnection(
            endpoint,
            new ZmtpOptions { SocketType = SocketType.Req },
            context with { Gate = gate ?? context.Gate, Retries = retries ?? context.Retries },
            reconnect,
            _handler);
        _things.Insert(0, connection);
        return connection;
    }
}
