using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>A process that NetMQ runs in, from its start to its end. A thread of its own starts it and reads what it says. Thread-safe.</summary>
#pragma warning disable CA1001 // Its end disposes the pipe.
internal sealed class WorkerProcess
#pragma warning restore CA1001
{
    private const int MostWords = 1000; // of its standard error

    // Periods of a quarter of a second in which this process ran, too: it may have been stopped with its worker.
    private const int MostSilentPeriods = 80;
    private const int MostPeriodsOfStart = 240; // on a busy machine

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1); // from the end of its output to that of the process

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, WorkerConnection> _connections = [];
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<int, string> _deaths = []; // of what, by thread
    private readonly WorkerSettings _settings;
    private readonly TimerQueue _timers;
    private readonly int _ioThreads;
    private readonly Action<WorkerProcess> _onEnd;
    private readonly WorkerInput _input;
    private readonly Thread _thread;
    private Process? _process;
    private bool _isOver;
    private volatile bool _isAnswerDue = true; // the first one: that it is ready
    private int _silentPeriods;
    private IReadOnlyList<(int IoThread, Suspect Server)>? _present; // when it began to die
    private uint _lastId;
    private string _words = "";

    /// <param name="settings">What it is started with.</param>
    /// <param name="timers">The clock.</param>
    /// <param name="name">What it is called in logs.</param>
    /// <param name="ioThreads">How many I/O threads NetMQ has in it.</param>
    /// <param name="onEnd">Called when it has ended, once, on the thread that reads.</param>
    public WorkerProcess(WorkerSettings settings, TimerQueue timers, string name, int ioThreads, Action<WorkerProcess> onEnd)
    {
        (_settings, _timers, _ioThreads, _onEnd) = (settings, timers, ioThreads, onEnd);
        _input = new WorkerInput(Kill);
        (Name, Started) = (name, timers.Now);
        _thread = new Thread(Run) { IsBackground = true, Name = $"netmq-{name}" };
        _thread.Start();
    }

    public string Name { get; }

    public Timestamp Started { get; }

    /// <summary>Ends with true when it can be used, with false when it has ended before.</summary>
    public Task<bool> Ready => _ready.Task;

    /// <summary>The I/O threads that have died in it, once it has ended.</summary>
    public IReadOnlyList<int> DeadThreads => [.. _deaths.Keys];

    /// <summary>Whether it broke in NetMQ or the runtime, so that what some server sent may be the reason.</summary>
    public bool WasBrokenInside { get; private set; }

    /// <summary>Whether it says nothing of its servers any more, because one of NetMQ's threads has died in it. Its end follows.</summary>
    public bool IsDying => Volatile.Read(ref _present) is not null;

    /// <summary>Whether it was ended because it did not answer.</summary>
    public bool WasHung { get; private set; }

    /// <summary>How it ended, in words.</summary>
    public string End { get; private set; } = "";

    /// <summary>What that means for a probe.</summary>
    public ZmtpError Ended => new(ZmtpErrorCode.Local, $"the NetMQ worker process ended and is started again ({(End.Length > 0 ? End : "it was stopped")})");

    /// <summary>
    /// Whether an exit code is that of a process which broke by itself. Whoever is killed (SIGKILL, SIGTERM) is not, nor whoever ends with an
    /// error that it knows: that is our own bug, or the system's refusal.
    /// </summary>
    public static bool IsBroken(int exitCode)
    {
        const int BySignal = 128, Ill = 4, Trap = 5, Abort = 6, Bus = 7, Fpe = 8, Segv = 11;
        return exitCode == FrameRules.DeadExitCode || exitCode - BySignal is Ill or Trap or Abort or Bus or Fpe or Segv;
    }

    /// <summary>Has it make a connection.</summary>
    public WorkerConnection Open(int ioThread, LinkOptions options, string address, NetMqLink link, int probe)
    {
        WorkerConnection connection;
        lock (_lock)
        {
            connection = new WorkerConnection(new WorkerRoute(this, ioThread), ++_lastId, link);
            if (!_isOver)
            {
                _connections.Add(connection.Id, connection);
                Write((connection, options, address, probe), static (frames, call) => call.connection.WriteOpen(frames, call.options, call.address, call.probe));
                return connection;
            }
        }

        connection.End(Ended);
        return connection;
    }

    /// <summary>The servers that have connections in it or had one a moment ago, with their I/O threads; when it dies, those of the moment when that began.</summary>
    public IReadOnlyList<(int IoThread, Suspect Server)> Present(Timestamp now)
    {
        lock (_lock)
        {
            return _present ??
            [
                .. _connections.Values.Where(connection => !connection.IsForgotten(now))
                    .Select(connection => (connection.Route.IoThread, connection.Server)).Distinct(),
            ];
        }
    }

    /// <summary>What its end says of a server that was alone there, in words.</summary>
    public string EvidenceAgainst(Suspect server) => Present(_timers.Now).Where(there => there.Server == server && _deaths.ContainsKey(there.IoThread))
        .Select(there => $"nobody else was connected on the thread that died in worker {Name}: {_deaths[there.IoThread]}")
        .FirstOrDefault($"nobody else was connected in worker {Name} when that ended: {End}");

    /// <summary>A quarter of a second has gone by.</summary>
    public void OnPeriod()
    {
        var now = _timers.Now;
        lock (_lock)
        {
            foreach (var gone in _connections.Values.Where(connection => connection.IsForgotten(now)).ToList())
            {
                _connections.Remove(gone.Id);
            }
        }

        if (_isAnswerDue && ++_silentPeriods >= (_ready.Task.IsCompleted ? MostSilentPeriods : MostPeriodsOfStart))
        {
            WasHung = true;
            Kill();
        }
    }

    /// <inheritdoc cref="WorkerInput.Write" />
    /// <remarks>One that dies closes nothing any more: what its servers have sent shall still show who else kills.</remarks>
    public void Write<T>(T call, Action<FrameBuffer, T> write)
    {
        if (!IsDying)
        {
            _input.Write(call, write);
        }
    }

    /// <summary>Something that it answers is written to it: whatever it says is a sign of life.</summary>
    public void Expect() => _isAnswerDue = true;

    /// <summary>Lets it end.</summary>
    public void Stop() => _input.Dispose();

    /// <summary>Waits for its end.</summary>
    public void Join(TimeSpan limit) => _thread.Join(limit);

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
        try
        {
            RunProcess();
        }
#pragma warning disable CA1031 // On a thread of its own this would end the exporter.
        catch (Exception exception)
        {
            End = $"{exception.Message} {End}".TrimEnd();
        }
#pragma warning restore CA1031

        _settings.Guard(_input.Dispose);
        _settings.Guard(() => _onEnd(this)); // first: the owner may ask for a connection at once
        _ready.TrySetResult(false);
        EndConnections();
    }

    // No probe shall wait for a process that has nothing more to say until that has ended.
    private void EndConnections()
    {
        WorkerConnection[] connections;
        lock (_lock)
        {
            _isOver = true;
            connections = [.. _connections.Values.Where(connection => !connection.IsOver)];
        }

        foreach (var connection in connections)
        {
            _settings.Guard(() => connection.End(Ended));
        }
    }

    private void RunProcess()
    {
        var numbers = ((int[])[_ioThreads, _settings.MaxConnections()]).Select(number => number.ToString(CultureInfo.InvariantCulture));
        var info = new ProcessStartInfo(_settings.Program[0], [.. _settings.Program.Skip(1), "netmq-worker", .. numbers])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        WorkerSettings.SetEnvironment(info.Environment, WorkerSettings.HeapLimit(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        using var process = _process = Process.Start(info)!;
        try
        {
            process.ErrorDataReceived += (_, line) => _words = $"{_words} {line.Data}".Trim() is { Length: <= MostWords } words ? words : _words;
            process.BeginErrorReadLine();
            _input.Begin((PipeStream)process.StandardInput.BaseStream);
            Read(process.StandardOutput.BaseStream);
            process.WaitForExit(LongestEnd); // it says itself how it ended
        }
        finally
        {
            Kill();
            process.WaitForExit();
            process.StandardOutput.Dispose(); // the process does not, once somebody has read from it
            WasBrokenInside = IsDying || IsBroken(process.ExitCode);
            End = IsDying ? End
                : WasHung ? "it did not answer any more, and was killed"
                : string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode} {_words}").TrimEnd();
        }
    }

    private void Read(Stream stream)
    {
        var frames = new FrameReader();
        while (stream.Read(frames.Room()) is var count && count > 0)
        {
            frames.Advance(count);
            (_isAnswerDue, _silentPeriods) = (false, 0);
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
            case FrameKind.Hello when fields.Text() == FrameRules.Version:
                _ready.TrySetResult(true);
                break;
            case FrameKind.Dead:
                var thread = fields.Take<int>();
                End = fields.Text();
                if (thread >= 0)
                {
                    _deaths.TryAdd(thread, End);
                }

                Volatile.Write(ref _present, Present(_timers.Now));
                EndConnections();
                break;
            case var _ when !_ready.Task.IsCompleted:
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

                connection?.OnFrame(kind, fields);
                break;
        }
    }
}
