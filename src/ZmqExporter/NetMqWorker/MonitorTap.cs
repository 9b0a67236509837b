using NetMQ;

namespace ZmqExporter.NetMqWorker;

/// <summary>
/// Stands where a monitor wants a poller: it only starts the monitor. NetMQ's own poller would look at every monitor whenever anything
/// happens anywhere; ours are read when somebody wants to know.
/// </summary>
internal sealed class MonitorTap : INetMQPoller
{
    /// <summary>For all monitors: it keeps nothing.</summary>
    public static readonly MonitorTap Instance = new();

    public bool IsRunning => true;

    public void Add(ISocketPollable socket) => Ignore();

    public void Remove(ISocketPollable socket) => Ignore();

    public void RemoveAndDispose<T>(T socket)
        where T : ISocketPollable, IDisposable => socket.Dispose();

    public void Run() => Ignore();

    public void RunAsync() => Ignore();

    public void Stop() => Ignore();

    public void StopAsync() => Ignore();

    public void Dispose() => Ignore();

    private static void Ignore()
    {
    }
}
