using System.Diagnostics;
using System.Globalization;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// A process that NetMQ runs in, from its start to its end, and the pipes to it. A thread of its own starts it and reads what it says; who
/// writes waits for nothing. Thread-safe.
/// </summary>
/// <param name="settings">What it is started with.</param>
/// <param name="name">What it is called in logs.</param>
/// <param name="ioThreads">How many I/O threads NetMQ has in it.</param>
/// <param name="onEnd">Told of its end, once, on that thread.</param>
internal sealed class WorkerProcess(WorkerSettings settings, string name, int ioThreads, Action<WorkerProcess> onEnd)
{
    private const int MostWords = 1000; // of its standard error
    private const int MostUnwritten = 64 << 20; // bytes

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, WorkerConnection> _connections = [];
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<int> _deadThreads = [];
    private Process? _process;
    private Stream? _input;
    private FrameBuffer _filling = new();
    private FrameBuffer _writing = new();
    private bool _isReady;
    private bool _isWriting;
    private bool _isOver;
    private bool _hasSaidWhy;
    private uint _lastId;
    private string _words = "";

    /// <summary>What it is called in logs.</summary>
    public string Name => name;

    /// <summary>Ends with true when it can be used, with false when it has ended before.</summary>
    public Task<bool> Ready => _ready.Task;

    /// <summary>The I/O threads that have died in it, once it has ended.</summary>
    public IReadOnlyList<int> DeadThreads => _deadThreads;

    /// <summary>Whether it ended by an exception or a signal of its own making, so that what some server sent may be the reason.</summary>
    public bool WasBrokenInside { get; private set; }

    /// <summary>How it ended, in words.</summary>
    public string End { get; private set; } = "";

    /// <summary>When it was started.</summary>
    public Timestamp Started { get; } = Timestamp.Now(TimeProvider.System);

    /// <summary>Starts it, on a thread of its own.</summary>
    public WorkerProcess Start()
    {
        new Thread(Run) { IsBackground = true, Name = $"netmq-{name}" }.Start();
        return this;
    }

    /// <summary>Has it make a connection.</summary>
    /// <param name="ioThread">By which of its threads.</param>
    /// <param name="options">What kind.</param>
    /// <param name="address">Where to.</param>
    /// <param name="link">Whose it is.</param>
    public WorkerConnection Open(int ioThread, LinkOptions options, string address, NetMqLink link)
    {
        WorkerConnection connection;
        lock (_lock)
        {
            connection = new WorkerConnection(new WorkerRoute(this, ioThread), ++_lastId, link);
            if (!_isOver)
            {
                _connections.Add(connection.Id, connection);
                WriteOpenNeedsLock(connection, options, address, link.KeptLengths);
                FlushNeedsLock();
                return connection;
            }
        }

        connection.End(Ended);
        return connection;
    }

    /// <summary>Writes a frame, now or as soon as what is being written is out.</summary>
    public void Write<T>(T call, Action<FrameBuffer, T> write)
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                write(_filling, call);
                FlushNeedsLock();
            }
        }
    }

    /// <summary>Closes the pipe, at which it ends by itself.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isOver = true;
            _input?.Dispose();
        }
    }

    /// <summary>Ends it at once.</summary>
    public void Kill()
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

    /// <summary>What it means for a probe that it has ended.</summary>
    public ZmtpError Ended => new(ZmtpErrorCode.Local, $"the NetMQ worker process ended and is started again ({(End.Length > 0 ? End : "it was stopped")})");

    private void Run()
    {
        try
        {
            using var process = StartProcess();
            _process = process;
            Read(process.StandardOutput.BaseStream);
            Kill();
            process.WaitForExit();
            const int BySignal = 128, Killed = 9, Terminated = 15;
            WasBrokenInside = _hasSaidWhy || process.ExitCode is not (0 or BySignal + Killed or BySignal + Terminated);
            End = End.Length > 0 ? End : string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode} {_words}").TrimEnd();
        }
#pragma warning disable CA1031 // On a thread of its own this would end the process.
        catch (Exception exception)
        {
            Kill();
            End = exception.Message;
        }
#pragma warning restore CA1031

        Finish();
    }

    private Process StartProcess()
    {
        var info = new ProcessStartInfo(settings.Program[0], [.. settings.Program.Skip(1), "netmq-worker"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        info.Environment["DOTNET_GCHeapHardLimit"] = settings.HeapLimit.ToString("x", CultureInfo.InvariantCulture);
        info.Environment["DOTNET_gcServer"] = "0";
        info.Environment["DOTNET_gcConcurrent"] = "0";
        info.Environment["DOTNET_EnableDiagnostics"] = "0"; // and with it, dumps
        info.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1"; // NetMQ only queues there: one change of threads less
        var process = Process.Start(info)!;
        process.ErrorDataReceived += (_, line) => _words = $"{_words} {line.Data}".Trim() is { Length: <= MostWords } words ? words : _words;
        process.BeginErrorReadLine();
        lock (_lock)
        {
            _input = process.StandardInput.BaseStream;
            if (_isOver)
            {
                _input.Dispose();
            }
            else
            {
                var hello = new FrameBuffer();
                hello.Begin(FrameKind.Hello, FrameRules.Magic).Byte(FrameRules.Version).Number(ioThreads).Number(settings.MaxConnections).Flag(settings.UsesCurve).End();
                _input.Write(hello.Written.Span);
            }
        }

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
                lock (_lock)
                {
                    _isReady = true;
                    FlushNeedsLock();
                }

                _ready.TrySetResult(true);
                break;
            case var _ when !_isReady:
                throw new InvalidDataException($"{settings.Program[0]} is of another version than this process: restart the exporter");
            case FrameKind.Dead:
                if (fields.Number() is >= 0 and var thread)
                {
                    _deadThreads.Add(thread);
                }

                End = fields.Text();
                _hasSaidWhy = true;
                break;
            case FrameKind.Fault:
                settings.OnFault?.Invoke(new InvalidOperationException($"in the NetMQ worker: {fields.Text()}"));
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

    private void Finish()
    {
        WorkerConnection[] connections;
        lock (_lock)
        {
            _isOver = true;
            connections = [.. _connections.Values];
            _connections.Clear();
        }

        onEnd(this); // first: whoever is told of it may ask for a connection at once
        _ready.TrySetResult(false);
        foreach (var connection in connections)
        {
            connection.End(Ended);
        }
    }

    private void WriteOpenNeedsLock(WorkerConnection connection, LinkOptions options, string address, ReadOnlySpan<int> keptLengths)
    {
        var frame = _filling.Begin(FrameKind.Open, connection.Id)
            .Byte((byte)connection.Route.IoThread).Byte((byte)options.SocketType).Text(address).Flag(options.Security.CurveKeys is not null);
        if (options.Security.CurveKeys is { } curve)
        {
            frame.Text(curve.Client.ExportSecretKey()).Text(curve.Client.PublicKey.ToString()).Bytes(curve.Server.Bytes);
        }

        frame.Number(options.Topics.Length);
        foreach (var topic in options.Topics)
        {
            frame.Bytes(topic.AsSpan());
        }

        frame.Number(keptLengths.Length);
        foreach (var length in keptLengths)
        {
            frame.Number(length);
        }

        frame.End();
    }

    private void FlushNeedsLock()
    {
        if (_isWriting || !_isReady || _filling.Count == 0)
        {
            if (_filling.Count > MostUnwritten)
            {
                Kill(); // it reads nothing any more
            }

            return;
        }

        (_filling, _writing) = (_writing, _filling);
        _isWriting = true;
        var write = _input!.WriteAsync(_writing.Written);
        if (write.IsCompletedSuccessfully)
        {
            _writing.Clear();
            _isWriting = false;
        }
        else
        {
            _ = WriteRestAsync(write);
        }
    }

    private async Task WriteRestAsync(ValueTask write)
    {
        try
        {
            await write;
            lock (_lock)
            {
                _writing.Clear();
                _isWriting = false;
                FlushNeedsLock();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It is gone: who reads sees that too.
        }
    }
}
