using Zmtp.Timing;
using Zmtp.Wire;

namespace Zmtp.Sockets;

/// <summary>One wish that a socket be read until a moment: on the thread pool, in as many turns as it takes.</summary>
internal sealed class ReadRequest(ConnectionReceiver? receiver, Timestamp until, Action<object?> then, object? state) : IThreadPoolWorkItem
{
    private long _last = -1;

    /// <summary>Queues it.</summary>
    public void Queue() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <inheritdoc />
    public void Execute()
    {
        if (receiver is null || receiver.CatchUp(until, ref _last))
        {
            then(state);
        }
        else
        {
            Queue();
        }
    }
}
