using Microsoft.Extensions.Logging;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>What the NetMQ workers are started with, and who is notified of what happens. The actions are called from any thread; they must neither block nor throw.</summary>
/// <param name="Logger">Takes what people should know.</param>
internal sealed record WorkerSettings(ILogger Logger)
{
    /// <value>The program, with the words before its own. Default: that of this process.</value>
    public IReadOnlyList<string> Program { get; init; } = OwnProgram();

    /// <value>How many connections each worker may have. Default: what is enough for a few targets.</value>
    public int MaxConnections { get; init; } = 100;

    /// <value>How many it may have at most when there are more targets later.</value>
    public int MostConnections { get; init; } = 1 << 14;

    /// <value>Whether there are targets with CURVE, so that workers prepare for it.</value>
    public bool UsesCurve { get; init; }

    /// <value>A worker took the place of one that had ended.</value>
    public Action? OnRestarted { get; init; }

    /// <value>A bug of ours was contained.</value>
    public Action<Exception>? OnFault { get; init; }

    /// <summary>How much managed memory a worker may have.</summary>
    public long HeapLimit => Math.Min(
        (512L << 20) + (MaxConnections * 256L << 10), Math.Max(128L << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2));

    // "dotnet zmq_exporter.dll" is a process of dotnet.
    private static string[] OwnProgram()
    {
        var process = Environment.ProcessPath ?? "zmq_exporter";
        var library = Path.Combine(AppContext.BaseDirectory, "zmq_exporter.dll");
        return Path.GetFileNameWithoutExtension(process) == "dotnet" && File.Exists(library) ? [process, library] : [process];
    }
}
