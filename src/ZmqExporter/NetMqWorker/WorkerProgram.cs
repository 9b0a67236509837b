using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using ZmqExporter.Messaging.NetMq.Framing;

namespace ZmqExporter.NetMqWorker;

/// <summary>
/// <c>zmq_exporter netmq-worker</c>: the process that NetMQ runs in. It takes its orders from its standard input and ends with that, so that
/// it never outlives the exporter, however that ends.
/// </summary>
internal static class WorkerProgram
{
    private const int StandardInput = 0;

    // What several servers send at once shows in one death.
    private static readonly TimeSpan LastMoments = TimeSpan.FromMilliseconds(300);

    // For the loop to see the end of the input by itself.
    private static readonly TimeSpan OrderlyEnd = TimeSpan.FromSeconds(1);

    private static readonly List<PosixSignalRegistration> Ignored = [];

    /// <summary>Runs until the end of the standard input.</summary>
    /// <returns>The exit code.</returns>
    public static int Run()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.Error.WriteLine("zmq_exporter: client: netmq needs an operating system with poll(2)");
            return ExitCode.Failed;
        }

        BeFirstToGo();

        // A terminal and systemd send them to the whole group, and the exporter still has probes to end.
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP])
        {
            Ignored.Add(PosixSignalRegistration.Create(signal, static context => context.Cancel = true));
        }

        using var stream = Console.OpenStandardOutput();
        var output = new WorkerOutput(stream);
        AppDomain.CurrentDomain.FirstChanceException += static (_, thrown) => IoThread.OnThrown(thrown.Exception);
        ExceptionHandling.SetUnhandledExceptionHandler(exception => Die(output, exception));
        new Thread(EndWithTheExporter) { IsBackground = true, Name = "end-of-input" }.Start();
        using var input = new Socket(new SafeSocketHandle(StandardInput, ownsHandle: false));
        try
        {
            new WorkerLoop(input, output).Run();
        }
        catch (IOException)
        {
            // The exporter is gone.
        }

        return ExitCode.Ok;
    }

    // What some servers send makes NetMQ throw on its own threads, where nobody can catch it. Which thread it was tells who it may have been.
    private static bool Die(WorkerOutput output, Exception exception)
    {
        // Who finds no memory left need not be who took it.
        var thread = exception is OutOfMemoryException ? null : IoThread.NumberOf(Thread.CurrentThread.Name);
        output.Die(thread ?? IoThread.Unknown, IoThread.Describe(exception));
        WaitAndExit(LastMoments, FrameRules.DeadExitCode);
        return true;
    }

    // Where the memory of all is short, the kernel shall end a worker and not the exporter.
    private static void BeFirstToGo()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not on Linux.
        }
    }

    private static void EndWithTheExporter()
    {
        int[] entry = [StandardInput, 0]; // struct pollfd: the descriptor, and no events to wait for but its end
        try
        {
            while (Poll(entry, 1, -1) < 0)
            {
                // A signal came.
            }

            WaitAndExit(OrderlyEnd, ExitCode.Ok);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another libc: then the loop alone sees it.
        }
    }

    // Nothing of NetMQ can hold that up, and there is nothing to put in order.
    private static void WaitAndExit(TimeSpan wait, int exitCode)
    {
        using (var nobody = new ManualResetEventSlim())
        {
            nobody.Wait(wait);
        }

        Exit(exitCode);
    }

    [DllImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(int[] entries, nuint count, int timeout);

    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Exit(int exitCode);
}
