using System.Collections.Concurrent;
using NetMQ;

namespace NetMqPeer;

/// <summary>Binds a socket, prints "ready PORT", and then takes turns between commands of the standard input and its socket; ends with that input.</summary>
internal abstract class Server : IDisposable
{
    /// <summary>How long a turn may take.</summary>
    protected static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(10);

    private readonly BlockingCollection<string> _commands = [];
    private readonly NetMQSocket _socket;

    protected Server(NetMQSocket socket, PeerOptions options)
    {
        _socket = socket;
        _socket.Options.Linger = TimeSpan.Zero;
        if (options.CurveSecretKey is not null)
        {
            _socket.Options.CurveServer = true;
            _socket.Options.CurveCertificate = NetMQCertificate.CreateFromSecretKey(options.CurveSecretKey);
        }

        var port = options.Port;
        if (port == 0)
        {
            port = _socket.BindRandomPort("tcp://127.0.0.1");
        }
        else
        {
            _socket.Bind($"tcp://127.0.0.1:{port}");
        }

        Console.WriteLine($"ready {port}");
    }

    /// <summary>Serves until the end of the standard input.</summary>
    public void Run()
    {
        new Thread(ReadCommands) { IsBackground = true, Name = "commands" }.Start();
        while (!_commands.IsCompleted)
        {
            while (_commands.TryTake(out var command))
            {
                Console.WriteLine(Obey(command) ? $"ok {command}" : $"error {command}");
            }

            TakeTurn();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _commands.Dispose();
        _socket.Dispose();
    }

    /// <summary>Carries out a command; false when it is unknown.</summary>
    protected abstract bool Obey(string command);

    /// <summary>Does what there is to do, and waits at most for a <see cref="Turn"/>.</summary>
    protected abstract void TakeTurn();

    /// <summary>Waits for a turn, or for a command.</summary>
    protected void Wait(TimeSpan time)
    {
        if (_commands.TryTake(out var command, time))
        {
            Console.WriteLine(Obey(command) ? $"ok {command}" : $"error {command}");
        }
    }

    private void ReadCommands()
    {
        while (Console.ReadLine() is { } line)
        {
            _commands.Add(line);
        }

        _commands.CompleteAdding();
    }
}
