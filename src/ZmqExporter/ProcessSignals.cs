using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace ZmqExporter;

/// <summary>
/// The signals of this process, from its first line to its end: SIGTERM, SIGINT and SIGQUIT end it in good order and in time, whatever it is
/// doing; SIGHUP asks a server to reload and ends everything else. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
internal sealed class ProcessSignals
{
    /// <summary>For where no signals are listened to, such as tests: nothing ever comes.</summary>
    public static readonly ProcessSignals None = new(exitCode: 0, hangUpStops: false);

    // Below the 5 s that we promise, and above what an orderly end takes at most.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(4.5);

    // An object that nobody holds any more stops listening when it is collected; these must listen until the process is gone.
    private static readonly List<PosixSignalRegistration> Registrations = [];

    private readonly CancellationTokenSource _stopping = new();
    private readonly ManualResetEvent _stopRequested = new(initialState: false);
    private readonly Lock _lock = new();
    private readonly bool _hangUpStops;
    private Action? _onHangUp;
    private bool _hungUp;

    private ProcessSignals(int exitCode, bool hangUpStops)
    {
        StoppedExitCode = exitCode;
        _hangUpStops = hangUpStops;
    }

    /// <summary>Cancelled by the first signal that ends the process.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>The exit code of a command that a signal ended before it had an answer.</summary>
    public int StoppedExitCode { get; }

    /// <summary>Listens, for those commands that have something to end. The others do no harm when the kernel ends them.</summary>
    /// <param name="args">The command line.</param>
    public static ProcessSignals Listen(string[] args)
    {
        // The command line has not been parsed yet, because a signal may come meanwhile; a command can only be the first word.
        var signals = args.FirstOrDefault() switch
        {
            "check-config" or "healthcheck" or "keygen" or "man" or "modules" or "netmq-worker" or "version" => null,
            "probe" or "conformance" => new ProcessSignals(exitCode: 3, hangUpStops: true), // what was not seen is unknown, and not OK
            "discover" => new ProcessSignals(ExitCode.Failed, hangUpStops: true),
            "demo" => new ProcessSignals(ExitCode.Ok, hangUpStops: true), // belongs to its terminal, and ends with it
            _ => new ProcessSignals(ExitCode.Ok, hangUpStops: false),
        };
        if (signals is null)
        {
            return None;
        }

        if (OperatingSystem.IsLinux())
        {
            InheritedSignals.AcceptTermination();
        }

        // .NET leaves a signal ignored that was ignored when the process began: a background job of a shell must not end by the Ctrl-C that
        // is meant for another program, and nohup is respected. SIGHUP comes last: a program that sees it caught knows that the others are.
        On(PosixSignal.SIGTERM, signals.Stop);
        On(PosixSignal.SIGINT, signals.Stop);
        On(PosixSignal.SIGQUIT, signals.Stop);
        On(PosixSignal.SIGHUP, signals.HangUp);
        return signals;
    }

    /// <summary>Says what to do at each SIGHUP. Called at once when one has come already.</summary>
    public void OnHangUp(Action action)
    {
        lock (_lock)
        {
            _onHangUp = action;
            if (!_hungUp)
            {
                return;
            }
        }

        action();
    }

    /// <summary>Runs a command to its end, or until a signal has ended it, and no longer than that may take.</summary>
    /// <param name="command">Honours <see cref="Stopping"/>; where it does not, it is left behind.</param>
    /// <returns>The exit code.</returns>
    public int Run(Func<Task<int>> command)
    {
        // This thread waits and does nothing else, so that nothing that goes wrong elsewhere, not even a pool without threads, can keep
        // the process from ending.
        var run = Task.Run(command);
        var ended = ((IAsyncResult)run).AsyncWaitHandle;
        WaitHandle.WaitAny([ended, _stopRequested]);
        return ended.WaitOne(_stopRequested.WaitOne(0) ? StopLimit : Timeout.InfiniteTimeSpan) ? run.GetAwaiter().GetResult() : StoppedExitCode;
    }

    private static void On(PosixSignal signal, Action action) => Registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true; // the kernel's default action
        action();
    }));

    private void Stop()
    {
        _stopRequested.Set();
        try
        {
            _stopping.Cancel();
        }
        catch (AggregateException)
        {
            // Somebody could not be stopped: Run does not wait forever.
        }
    }

    private void HangUp()
    {
        if (_hangUpStops)
        {
            Stop();
            return;
        }

        Action? action;
        lock (_lock)
        {
            _hungUp = true;
            action = _onHangUp;
        }

        action?.Invoke();
    }
}
