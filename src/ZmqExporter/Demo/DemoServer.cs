using NetMQ;
using NetMQ.Sockets;

namespace ZmqExporter.Demo;

/// <summary>A server on a loopback port of its own. A NetMQ socket belongs to one thread, so each server has one.</summary>
internal abstract class DemoServer : IDisposable
{
    /// <summary>How soon a server notices that it shall stop.</summary>
    protected static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(2);
    private const int MaxMessageSize = 64 * 1024; // without it NetMQ believes any length that a frame claims

    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _stop = new();
    private readonly TextWriter _error;
    private readonly Thread _thread;
    private int _knownPort;

    /// <param name="name">The target's name in the demo's configuration.</param>
    /// <param name="error">Takes one line if the server dies.</param>
    protected DemoServer(string name, TextWriter error)
    {
        Name = name;
        _error = error;
        _thread = new Thread(Run) { IsBackground = true, Name = $"demo {name}" };
    }

    /// <summary>The target's name in the demo's configuration.</summary>
    public string Name { get; }

    /// <summary>The module that probes it.</summary>
    public virtual string Module => "ping";

    /// <summary>The state that the exporter is going to show.</summary>
    public abstract string State { get; }

    /// <summary>What to see on its page, and what that means.</summary>
    public abstract string LookAt { get; }

    /// <summary>Whether the server shall stop.</summary>
    protected bool Stopping => _stop.IsSet;

    /// <summary>Starts the server and returns the port that it listens on.</summary>
    public async Task<int> StartAsync()
    {
        _thread.Start();
        return await _port.Task.WaitAsync(StartDeadline);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Set();
        if (!_thread.IsAlive || _thread.Join(StopDeadline))
        {
            _stop.Dispose(); // else the thread still uses it: leave it to the end of the process
        }
    }

    /// <summary>Serves until <see cref="Stopping"/>. Runs on the server's own thread, which owns every socket it makes.</summary>
    protected abstract void Serve();

    /// <summary>A REP socket on this server's port.</summary>
    protected ResponseSocket Bind() => Bind(new ResponseSocket());

    /// <summary>Binds a socket to this server's port: a free one the first time, the same ever after. Disposes it when that fails.</summary>
    protected T Bind<T>(T socket)
        where T : NetMQSocket
    {
        try
        {
            socket.Options.Linger = TimeSpan.Zero;
            socket.Options.MaxMsgSize = MaxMessageSize;
            if (_knownPort == 0)
            {
                _knownPort = socket.BindRandomPort("tcp://127.0.0.1");
                Listens(_knownPort);
            }
            else
            {
                socket.Bind($"tcp://127.0.0.1:{_knownPort}");
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The server listens on this port.</summary>
    protected void Listens(int port) => _port.TrySetResult(port);

    /// <summary>Waits, but not beyond the end.</summary>
    protected void Wait(TimeSpan time) => _stop.Wait(time);

    /// <summary>What to answer: "pong" to "ping".</summary>
    protected virtual string AnswerTo(NetMQMessage request) => request.FrameCount == 1 && request[0].ConvertToString() == "ping" ? "pong" : "unknown";

    /// <summary>Takes one request, if one comes soon, and answers after the delay.</summary>
    protected void AnswerOne(ResponseSocket socket, TimeSpan delay)
    {
        NetMQMessage? request = null;
        if (!socket.TryReceiveMultipartMessage(PollInterval, ref request))
        {
            return;
        }

        Wait(delay);
        socket.TrySendFrame(AnswerTo(request!));
    }

    private void Run()
    {
        try
        {
            Serve();
        }
#pragma warning disable CA1031 // an exception on a thread of ours would end the process
        catch (Exception e)
#pragma warning restore CA1031
        {
            _error.WriteLine($"zmq_exporter: the demo server {Name} died: {e.Message}");
            _port.TrySetException(e);
        }
    }
}
