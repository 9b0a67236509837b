using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>What the NetMQ workers are started with, and who is notified of what happens. The actions are called from any thread; they must neither block nor throw.</summary>
/// <param name="Logger">Takes what people should know.</param>
internal sealed record WorkerSettings(ILogger Logger)
{
    private const long LeastHeap = 64L << 20;
    private const long MostHeap = 1L << 30;
    private const int ShareOfHeap = 8; // there may be four workers, and the exporter needs its own memory meanwhile

    private const string HeapLimitVariable = "DOTNET_GCHeapHardLimit"; // also the beginning of those that divide it

    // Neither secrets nor what systemd tells this process.
    private static readonly string[] Inherited = ["PATH", "HOME", "TZ", "TMPDIR", "LANG", "LC_", "LD_", "DOTNET_"];

    /// <value>The program, with the words before its own. Default: that of this process.</value>
    public IReadOnlyList<string> Program { get; init; } = OwnProgram();

    /// <value>How many connections a worker that is started now may have. Default: what is enough for a few targets.</value>
    public Func<int> MaxConnections { get; init; } = static () => 1000;

    /// <value>A worker took the place of one that had ended.</value>
    public Action? OnRestarted { get; init; }

    /// <value>A bug of ours was contained.</value>
    public Action<Exception>? OnFault { get; init; }

    /// <summary>How much managed memory a worker may have, in bytes.</summary>
    /// <param name="available">How much the exporter may have.</param>
    public static long HeapLimit(long available) => Math.Clamp(available / ShareOfHeap, LeastHeap, MostHeap);

    /// <summary>Makes a worker's environment of the exporter's own.</summary>
    /// <param name="variables">They change in place.</param>
    /// <param name="heapLimit">In bytes.</param>
    public static void SetEnvironment(IDictionary<string, string?> variables, long heapLimit)
    {
        foreach (var name in variables.Keys.ToArray())
        {
            if (name.StartsWith(HeapLimitVariable, StringComparison.OrdinalIgnoreCase)
                || !Array.Exists(Inherited, kept => kept[^1] == '_' ? name.StartsWith(kept, StringComparison.Ordinal) : name == kept))
            {
                variables.Remove(name);
            }
        }

        variables[HeapLimitVariable] = heapLimit.ToString("x", CultureInfo.InvariantCulture);
        variables["DOTNET_gcServer"] = "0";
        variables["DOTNET_gcConcurrent"] = "0";
        variables["DOTNET_EnableDiagnostics"] = "0"; // and with it, dumps
        variables["DOTNET_PROCESSOR_COUNT"] = "1"; // threads that wait for NetMQ do not spin before they sleep
        variables["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1"; // NetMQ only queues there: one change of threads less
    }

    /// <summary>Runs what nobody awaits: a bug in it goes no further.</summary>
    public void Guard(Action action) => _ = GuardAsync(() =>
    {
        action();
        return Task.CompletedTask;
    });

    /// <inheritdoc cref="Guard" />
    public async Task GuardAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
#pragma warning disable CA1031 // It would end the process.
        catch (Exception exception)
        {
            OnFault?.Invoke(exception);
        }
#pragma warning restore CA1031
    }

    // "dotnet zmq_exporter.dll" is a process of dotnet.
    private static string[] OwnProgram()
    {
        var process = Environment.ProcessPath ?? "zmq_exporter";
        var library = Path.Combine(AppContext.BaseDirectory, "zmq_exporter.dll");
        return Path.GetFileNameWithoutExtension(process) == "dotnet" && File.Exists(library) ? [process, library] : [process];
    }
}
