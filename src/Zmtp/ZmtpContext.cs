namespace Zmtp;

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
}
