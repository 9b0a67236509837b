using System.Collections.Concurrent;
using Zmtp.Wire;

namespace Zmtp.Limits;

/// <summary>
/// Where connections are read that have more to say than a turn allows. They take turns with each other, on half of the machine's processors
/// at most, and after each turn everything else that waits for a thread comes first. So a hundred peers that send as fast as they can
/// share what one would get, and a peer that sends little is read at once. Thread-safe.
/// </summary>
internal sealed class BulkLane : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _queue = new();
    private readonly int _width;
    private int _running;

    /// <summary>Makes an empty one.</summary>
    /// <param name="width">How many may be read at the same time; by default half of the processors, and one at least.</param>
    public BulkLane(int? width = null) => _width = width ?? Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Puts a turn to the end of the queue.</summary>
    public void Queue(IThreadPoolWorkItem turn)
    {
        _queue.Enqueue(turn);
        if (TryStart())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <inheritdoc />
    void IThreadPoolWorkItem.Execute()
    {
        if (_queue.TryDequeue(out var turn))
        {
            turn.Execute();
        }

        if (!_queue.IsEmpty)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }

        // A connection that was queued before this and found all places taken has nobody else to wake it.
        Interlocked.Decrement(ref _running);
        if (!_queue.IsEmpty && TryStart())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    // Never above the width, not even for a moment: two that find it taken by each other would both leave, and nobody would run.
    private bool TryStart()
    {
        var running = Volatile.Read(ref _running);
        while (running < _width)
        {
            var seen = Interlocked.CompareExchange(ref _running, running + 1, running);
            if (seen == running)
            {
                return true;
            }

            running = seen;
        }

        return false;
    }
}
