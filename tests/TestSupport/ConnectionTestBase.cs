using TestSupport.Peers;
using Zmtp.Connecting;
using Zmtp.Limits;

namespace TestSupport;

/// <summary>What tests of connections have: the system's clock, scripted servers, and a record of what a connection said. What was made last goes first.</summary>
public abstract class ConnectionTestBase : IDisposable
{
    private protected readonly TimerQueue _timers = new(TimeProvider.System);
    private protected readonly RecordingHandler _handler = new();
    private readonly List<IDisposable> _things = [];

    /// <inheritdoc />
    public void Dispose()
    {
        _things.ForEach(thing => thing.Dispose());
        _timers.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes of something at the end, before all that was there already.</summary>
    private protected T Keep<T>(T thing)
        where T : IDisposable
    {
        lock (_things)
        {
            _things.Insert(0, thing);
        }

        return thing;
    }

    private protected ScriptedServer Serve(Action<ScriptedPeer> script) => Keep(new ScriptedServer(script));

    private protected Timestamp After(double seconds) => _timers.After(TimeSpan.FromSeconds(seconds));

    /// <summary>Starts a connection, of a REQ unless the options say otherwise.</summary>
    private protected ZmtpConnection Connect(
        ZmtpEndpoint endpoint,
        int timeout = 5000,
        ZmtpOptions? options = null,
        NameResolver? resolver = null,
        RecordingHandler? handler = null,
        BufferBudget? buffers = null)
    {
        var context = new ZmtpContext(_timers, resolver ?? new NameResolver()) { Buffers = buffers ?? new BufferBudget() };
        return Keep(ZmtpConnection.Start(
            endpoint, options ?? new ZmtpOptions { SocketType = SocketType.Req }, context, _timers.After(TimeSpan.FromMilliseconds(timeout)), handler ?? _handler));
    }

    /// <summary>All that the connection said, once it has said this.</summary>
    private protected string Settled(string last, int count = 1)
    {
        _handler.WaitFor(last, count);
        return _handler.Log;
    }
}
