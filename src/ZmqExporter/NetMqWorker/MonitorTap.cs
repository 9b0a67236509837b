using NetMQ;

namespace ZmqExporter.NetMqWorker;

/// <summary>
/// Stands where a monitor wants a poller: it only starts the monitor. NetMQ's own poller would look at every monitor whenever anything
/// happens anywhere; ours are read when somebody wants to know (<see cref="WorkerSocket.DrainMonitor"/>).
/// </summary>
internal sealed class MonitorTap : INetMQPoller
{
    /// <summary>For all monitors: it keeps nothing.</summary>
    public static readonly MonitorTap Instance = new();

    /// <inheritdoc />
    public bool IsRunning => true;

    /// <inheritdoc />
    public void Add(ISocketPollable socket)
    {
    }

    /// <inheritdoc />
    public void Remove(ISocketPollable socket)
    {
    }

    /// <inheritdoc />
    public void RemoveAndDispose<T>(T socket)
        where T : ISocketPollable, IDisposable => socket.Dispose();

    /// <inheritdoc />
    public void Run()
    {
    }

    /// <inheritdoc />
    public void RunAsync()
    {
    }

    /// <inheritdoc />
    public void Stop()
    {
    }

    /// <inheritdoc />
    public void StopAsync()
    {
    }

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
