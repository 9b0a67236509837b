using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using NetMQ;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.NetMq.Framing;

namespace ZmqExporter.NetMqWorker;

/// <summary>
/// <c>zmq_exporter netmq-worker</c>: the process that NetMQ runs in. It takes its orders from its standard input and ends with that, so that
/// it never outlives the exporter, however that ends.
/// </summary>
internal static class WorkerProgram
{
    private const int StandardInput = 0;

    private static readonly List<PosixSignalRegistration> Ignored = [];

    /// <summary>Runs until the end of the standard input.</summary>
    /// <param name="ioThreads">How many I/O threads NetMQ has.</param>
    /// <param name="mostConnections">How many connections there may be.</param>
    /// <returns>The exit code.</returns>
    public static int Run(int ioThreads, int mostConnections)
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
        var output = new WorkerOutput(stream) { IsTrial = ioThreads == SuspectList.OwnThreads };
        AppDomain.CurrentDomain.FirstChanceException += static (_, thrown) => IoThread.OnThrown(thrown.Exception);
        ExceptionHandling.SetUnhandledExceptionHandler(exception => Die(output, exception));
        EndWithTheExporter();
        using var input = new Socket(new SafeSocketHandle(StandardInput, ownsHandle: false));
        try
        {
            // Before the first socket: NetMQ reads them when it makes its context.
            NetMQConfig.Linger = TimeSpan.Zero;
            NetMQConfig.ThreadPoolSize = ioThreads;
            NetMQConfig.MaxSockets = (mostConnections + 10) * NetMqLimits.SocketsOfConnection;
            WorkerWarmup.Run();
            output.Begin(FrameKind.Hello, 0).Text(FrameRules.Version).End();
            new WorkerLoop(input, output, mostConnections).Run();
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
        Exit(FrameRules.DeadExitCode); // nothing of NetMQ can hold that up, and there is nothing to put in order
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

    // The kernel kills it when the thread ends that has started it, which waits for its end: whatever NetMQ does, and however the exporter ends.
    private static void EndWithTheExporter()
    {
        const int SetParentDeathSignal = 1, Kill = 9;
        try
        {
            _ = Control(SetParentDeathSignal, Kill, 0, 0, 0);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another system: then the loop sees the end of its input.
        }
    }

    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int option, nuint first, nuint second, nuint third, nuint fourth);

    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Exit(int exitCode);
}
