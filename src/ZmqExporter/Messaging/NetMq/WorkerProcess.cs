using System.Diagnostics;
using System.Globalization;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>A process that NetMQ runs in, from its start to its end. A thread of its own starts it and reads what it says. Thread-safe.</summary>
#pragma warning disable CA1001 // Its end disposes the pipe.
internal sealed class WorkerProcess
#pragma warning restore CA1001
{
    private const int MostWords = 1000; // of its standard error

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, WorkerConnection> _connections = [];
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<int> _deadThreads = [];
    private readonly WorkerSettings _settings;
    private readonly int _ioThreads;
    private readonly Action<WorkerProcess> _onEnd;
    private readonly WorkerInput _input;
    private Process? _process;
    private bool _isReady;
    private bool _isOver;
    private bool _hasSaidWhy;
    private uint _lastId;
    private string _words = "";

    /// <param name="settings">What it is started with.</param>
    /// <param name="name">What it is called in logs.</param>
    /// <param name="ioThreads">How many I/O threads NetMQ has in it.</param>
    /// <param name="onEnd">Told of its end, once, on the thread that reads.</param>
    public WorkerProcess(WorkerSettings settings, string name, int ioThreads, Action<WorkerProcess> onEnd)
    {
        _settings = settings;
        _ioThreads = ioThreads;
        _onEnd = onEnd;
        _input = new WorkerInput(Kill);
        Name = name;
        new Thread(Run) { IsBackground = true, Name = $"netmq-{name}" }.Start();
    }

    /// <summary>What it is called in logs.</summary>
    public string Name { get; }

    /// <summary>Ends with true when it can be used, with false when it has ended before.</summary>
    public Task<bool> Ready => _ready.Task;

    /// <summary>The I/O threads that have died in it, once it has ended.</summary>
    public IReadOnlyList<int> DeadThreads => _deadThreads;

    /// <summary>Whether it broke by itself, so that what some server sent may be the reason; nobody ended it from outside.</summary>
    public bool WasBrokenInside { get; private set; }

    /// <summary>How it ended, in words.</summary>
    public string End { get; private set; } = "";

    /// <summary>What that means for a probe.</summary>
    public ZmtpError Ended => new(ZmtpErrorCode.Local, $"the NetMQ worker process ended and is started again ({(End.Length > 0 ? End : "it was stopped")})");

    /// <summary>When it was started.</summary>
    public Timestamp Started { get; } = Timestamp.Now(TimeProvider.System);

    /// <summary>Has it make a connection.</summary>
    public WorkerConnection Open(int ioThread, LinkOptions options, string address, NetMqLink link)
    {
        WorkerConnection connection;
        lock (_lock)
        {
            connection = new WorkerConnection(new WorkerRoute(this, ioThread), ++_lastId, link);
            if (!_isOver)
            {
                _connections.Add(connection.Id, connection);
                _input.Write((connection, options, address), static (frames, call) => call.connection.WriteOpen(frames, call.options, call.address));
                return connection;
            }
        }

        connection.End(Ended);
        return connection;
    }

    /// <inheritdoc cref="WorkerInput.Write" />
    public void Write<T>(T call, Action<FrameBuffer, T> write) => _input.Write(call, write);

    /// <summary>It may have so many connections from now on.</summary>
    public void Limit(int maxConnections) =>
        _input.Write(maxConnections, static (frames, most) => frames.Begin(FrameKind.Limit, FrameRules.Magic).Number(most).End());

    /// <summary>Lets it end.</summary>
    public void Stop() => _input.Dispose();

    private void Kill()
    {
        try
        {
            _process?.Kill();
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended.
        }
    }

    private void Run()
    {
        Process? process = null;
        try
        {
            process = _process = StartProcess();
            Read(process.StandardOutput.BaseStream);
            Kill();
            process.WaitForExit();
            const int BySignal = 128, Killed = 9, Terminated = 15;
            WasBrokenInside = _hasSaidWhy || process.ExitCode is not (0 or BySignal + Killed or BySignal + Terminated);
            End = _hasSaidWhy ? End : string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode} {_words}").TrimEnd();
        }
#pragma warning disable CA1031 // On a thread of its own this would end the process.
        catch (Exception exception)
        {
            Kill();
            End = exception.Message;
        }
#pragma warning restore CA1031
        finally
        {
            process?.StandardOutput.Dispose(); // the process does not, once somebody has read from it
            process?.Dispose();
        }

        WorkerConnection[] connections;
        lock (_lock)
        {
            _isOver = true;
            connections = [.. _connections.Values];
        }

        try
        {
            _input.Dispose();
            _onEnd(this); // first: the owner may ask for a connection at once
            _ready.TrySetResult(false);
            foreach (var connection in connections)
            {
                connection.End(Ended);
            }
        }
#pragma warning disable CA1031 // As above: one link's bug, or a logger that is gone at the end of the exporter.
        catch (Exception exception)
        {
            _settings.OnFault?.Invoke(exception);
        }
#pragma warning restore CA1031
    }

    private Process StartProcess()
    {
        var info = new ProcessStartInfo(_settings.Program[0], [.. _settings.Program.Skip(1), "netmq-worker"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.Environment["DOTNET_GCHeapHardLimit"] = _settings.HeapLimit.ToString("x", CultureInfo.InvariantCulture);
        info.Environment["DOTNET_gcServer"] = "0";
        info.Environment["DOTNET_gcConcurrent"] = "0";
        info.Environment["DOTNET_EnableDiagnostics"] = "0"; // and with it, dumps
        info.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1"; // NetMQ only queues there: one change of threads less
        var process = Process.Start(info)!;
        process.ErrorDataReceived += (_, line) => _words = $"{_words} {line.Data}".Trim() is { Length: <= MostWords } words ? words : _words;
        process.BeginErrorReadLine();
        var hello = new FrameBuffer();
        hello.Begin(FrameKind.Hello, FrameRules.Magic)
            .Byte(FrameRules.Version).Number(_ioThreads).Number(_settings.MaxConnections)
            .Number(Math.Max(_settings.MaxConnections, _settings.MostConnections)).Flag(_settings.UsesCurve).End();
        _input.Begin(process.StandardInput.BaseStream, hello);
        return process;
    }

    private void Read(Stream stream)
    {
        var frames = new FrameReader();
        while (stream.Read(frames.Room()) is var count && count > 0)
        {
            frames.Advance(count);
            while (frames.TryRead(out var kind, out var id, out var fields))
            {
                OnFrame(kind, id, fields);
            }
        }
    }

    private void OnFrame(FrameKind kind, uint id, FrameFields fields)
    {
        switch (kind)
        {
            case FrameKind.Hello when id == FrameRules.Magic && fields.Byte() == FrameRules.Version:
                _isReady = true;
                _input.OnReady();
                _ready.TrySetResult(true);
                break;
            case FrameKind.Dead:
                if (fields.Number() is >= 0 and var thread)
                {
                    _deadThreads.Add(thread);
                }

                (End, _hasSaidWhy) = (fields.Text(), true);
                break;
            case var _ when !_isReady:
                throw new InvalidDataException($"{_settings.Program[0]} is of another version than this process: restart the exporter");
            case FrameKind.Fault:
                _settings.OnFault?.Invoke(new InvalidOperationException($"in the NetMQ worker: {fields.Text()}"));
                break;
            default:
                WorkerConnection? connection;
                lock (_lock)
                {
                    _connections.TryGetValue(id, out connection);
                }

                if (connection?.OnFrame(kind, fields) == false)
                {
                    lock (_lock)
                    {
                        _connections.Remove(id);
                    }
                }

                break;
        }
    }
}
