using Zmtp.Limits;
using Zmtp.Sockets;
using Zmtp.Timing;

namespace Zmtp.Connecting;

/// <summary>What all connections of a process share. Thread-safe.</summary>
/// <param name="Timers">Deadlines; also the clock of every timestamp.</param>
/// <param name="Resolver">Names to addresses.</param>
public sealed record ZmtpContext(TimerQueue Timers, NameResolver Resolver)
{
    /// <value>What the sockets of all connections take their descriptors from; no limit at first. Give the resolver the same one.</value>
    public DescriptorBudget Descriptors { get; init; } = new();

    /// <value>What messages that are still coming take their memory from; no limit at first.</value>
    public BufferBudget Buffers { get; init; } = new();

    /// <summary>Takes an exception that a handler threw; the connections go on. Called on the network's threads: must neither block nor throw.</summary>
    public Action<Exception>? OnFault { get; init; }

    /// <summary>Is notified when connections to one address and port begin to be held back, because there are too many, and when that is over.</summary>
    /// <remarks>A connection that is held back is not made: its error has <see cref="ZmtpError.IsHeldBack"/>. Called on a pool thread; must not throw.</remarks>
    public Action<HeldBack>? OnHeldBack
    {
        get;
        init
        {
            field = value;
            Gate = new ConnectGate(ConnectLimits.OfSystem, Timers, value);
        }
    }

    /// <summary>Bounds what is made again without being asked for.</summary>
    internal RetryPace Retries { get; init; } = new(Timers.Time);

    /// <summary>Where those are read that send very much.</summary>
    internal BulkLane Bulk { get; } = new();

    /// <summary>Watches the sockets of all connections; null has .NET do it.</summary>
    internal SocketWatch? Watch { get; init; } = SocketWatch.Shared;

    /// <summary>Bounds the connections to each destination.</summary>
    internal ConnectGate Gate { get; init; } = new(ConnectLimits.OfSystem, Timers);
}
