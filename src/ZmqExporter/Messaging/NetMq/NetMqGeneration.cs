using NetMQ;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// NetMQ's process-wide context and the workers whose sockets live in it, from one death of an I/O thread to the next one. There is one
/// at a time. Thread-safe.
/// </summary>
internal sealed class NetMqGeneration
{
    private static readonly TimeSpan CloseTime = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly NetMqWorker?[] _workers = new NetMqWorker?[Enum.GetValues<WorkerRole>().Length];
    private readonly Action<Exception> _onFault;
    private readonly Action<NetMqGeneration, Exception> _onDeath;
    private bool _stopped;

    /// <summary>Sets NetMQ up. Threads start when they are needed.</summary>
    /// <param name="ioThreads">How many I/O threads NetMQ has.</param>
    /// <param name="maxSockets">How many sockets NetMQ may make.</param>
    /// <param name="onFault">Told of a bug that was contained.</param>
    /// <param name="onDeath">Told of a worker that died.</param>
    public NetMqGeneration(int ioThreads, int maxSockets, Action<Exception> onFault, Action<NetMqGeneration, Exception> onDeath)
    {
        _onFault = onFault;
        _onDeath = onDeath;

        // Before the first socket: NetMQ reads them when it makes its context.
        NetMQConfig.Linger = TimeSpan.Zero;
        NetMQConfig.ThreadPoolSize = ioThreads;
        NetMQConfig.MaxSockets = maxSockets;
    }

    /// <summary>The worker of a role, or null when this generation has ended.</summary>
    public NetMqWorker? Worker(WorkerRole role)
    {
        lock (_lock)
        {
            return _stopped
                ? null
                : _workers[(int)role] ??= new NetMqWorker(
#pragma warning disable CA1308 // A thread's name, in the style of the others.
                    $"netmq-{role.ToString().ToLowerInvariant()}", _onFault, (_, exception) => _onDeath(this, exception));
#pragma warning restore CA1308
        }
    }

    /// <summary>Stops the workers, closes their sockets and ends NetMQ's context.</summary>
    /// <param name="limit">How long to wait for the workers, and then for NetMQ.</param>
    /// <returns>False when NetMQ did not end in time: it cannot be used again.</returns>
    public bool End(TimeSpan limit)
    {
        NetMqWorker[] workers;
        lock (_lock)
        {
            _stopped = true;
            workers = [.. _workers.OfType<NetMqWorker>()];
        }

        foreach (var worker in workers)
        {
            worker.Stop();
        }

        var stopped = true;
        foreach (var worker in workers)
        {
            stopped &= worker.Join(limit);
        }

        if (workers.Length == 0)
        {
            return true;
        }

        // Those of NetMQ's threads that live need a moment to close what has just been disposed.
        using (var nobody = new ManualResetEventSlim())
        {
            nobody.Wait(CloseTime);
        }

        var cleanup = new Thread(Cleanup) { IsBackground = true, Name = "netmq-cleanup" };
        cleanup.Start();
        if (!cleanup.Join(limit) || !stopped)
        {
            return false;
        }

        foreach (var connection in workers.SelectMany(worker => worker.Closed))
        {
            connection.Abandon();
        }

        return true;
    }
    private void Cleanup()
    {
        try
        {
            NetMQConfig.Cleanup(block: false);
        }
#pragma warning disable CA1031 // On a thread of its own this would end the process.
        catch (Exception exception)
        {
            _onFault(exception);
        }
#pragma warning restore CA1031
    }
}
