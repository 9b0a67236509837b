using Zmtp.Limits;
using Zmtp.Timing;

namespace Zmtp.Listening;

/// <summary>What connections that peers make to us share with all others of the process.</summary>
/// <param name="Timers">Deadlines; also the clock of every timestamp.</param>
/// <param name="Descriptors">Where their descriptors are taken from.</param>
/// <param name="Buffers">Where messages that are still coming take their memory from.</param>
public sealed record ListenerContext(TimerQueue Timers, DescriptorBudget Descriptors, BufferBudget Buffers)
{
    /// <summary>Takes an exception that a handler threw. Must neither block nor throw.</summary>
    public Action<Exception>? OnFault { get; init; }
}
