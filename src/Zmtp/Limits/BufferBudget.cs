using Zmtp.Wire;

namespace Zmtp.Limits;

/// <summary>
/// How many bytes of messages that are still coming all connections may hold together. Each is bounded by itself, but a thousand peers may
/// send a large one at the same time. Thread-safe, without locks.
/// </summary>
public sealed class BufferBudget
{
    private long _limit = long.MaxValue;
    private long _inUse;

    /// <value>How many bytes there may be. No limit at first.</value>
    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <value>Whether large buffers are kept for the next message. Default true; a process with little memory does better without.</value>
    public bool KeepsLarge { get; init; } = true;

    /// <value>Whether memory is short for another reason; null when that is never asked. Thread-safe, and may take a moment.</value>
    public Func<bool>? IsShort { get; init; }

    /// <summary>How many there are.</summary>
    public long InUse => Volatile.Read(ref _inUse);

    /// <summary>Takes bytes.</summary>
    /// <param name="bytes">How many more.</param>
    /// <exception cref="InsufficientMemoryException">There are not so many left, or memory is short. Then nothing was taken.</exception>
    internal void Take(long bytes)
    {
        if (Interlocked.Add(ref _inUse, bytes) > Limit || IsShort?.Invoke() == true)
        {
            Return(bytes);
#pragma warning disable MA0012 // It is what it says, only earlier than the runtime would: a caller that survives the one survives the other.
            throw new InsufficientMemoryException();
#pragma warning restore MA0012
        }
    }

    /// <summary>Gives bytes back.</summary>
    internal void Return(long bytes) => Interlocked.Add(ref _inUse, -bytes);
}
