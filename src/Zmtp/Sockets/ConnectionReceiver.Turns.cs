using Zmtp.Timing;
using Zmtp.Wire;

namespace Zmtp.Sockets;

/// <content>Who reads, for how long, and on which thread.</content>
internal sealed partial class ConnectionReceiver
{
    // In the smallest of messages, some 2 ms of work.
    private const int MaxTurn = 64 * 1024;

    private void Take(bool isEnding)
    {
        if (IsHeavy())
        {
            _lane.Queue(this);
        }
        else if (_pooled is not null)
        {
            Run(); // this is a thread of the pool
        }
        else if (isEnding || !TryTakeQuickTurn())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <returns>False when something has come since the last turn began: it is to be taken first.</returns>
    private bool TryRest() => (_pooled?.WaitToRead() ?? true) ? _state.TryRest() : !_state.GoOn();

    // On a thread of the network the exception would end the process. What this connection holds is enough for others to go on.
    private void GiveUp()
    {
        _owner.OnOutOfMemory();
        End();
    }

    // The one way through, of who has started.
    private void Run()
    {
        if (_state.HasEnded)
        {
            return; // the lane had it still
        }

        try
        {
            while (TakeTurn())
            {
                if (TryRest())
                {
                    return;
                }

                if (IsHeavy())
                {
                    break;
                }
            }

            if (!_state.HasEnded)
            {
                _lane.Queue(this); // a peer that always has more would keep this thread forever
            }
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
        }
    }

    private bool IsHeavy() => _turns.IsOneTooMany(Timestamp.Now(_time));

    /// <summary>A turn on the thread that watches all sockets: one small read, of what is handled in some microseconds.</summary>
    /// <returns>False when there is, or may be, more to do than that.</returns>
    private bool TryTakeQuickTurn()
    {
        if (Volatile.Read(ref _readsToEnd) || !_turn.TryEnter())
        {
            return false;
        }

        var progress = ReadProgress.More;
        try
        {
            if (!_isBusy && !_mayStopShort && _owner.IsQuick)
            {
                _isQuickTurn = true;
                progress = ReadOnce();
            }
        }
        finally
        {
            _isQuickTurn = false;
            _turn.Exit();
        }

        return progress is ReadProgress.Empty or ReadProgress.Emptied && TryRest();
    }

    /// <returns>Whether the socket was found empty; else there is more to read, or it has ended.</returns>
    private bool TakeTurn()
    {
        var readsToEnd = Interlocked.Exchange(ref _readsToEnd, false);
        ReadProgress progress;
        lock (_turn)
        {
            var end = _total + MaxTurn;
            do
            {
                progress = ReadOnce();
                if (progress == ReadProgress.Emptied && (readsToEnd || _mayStopShort))
                {
                    progress = ReadProgress.More;
                }
            }
            while (progress == ReadProgress.More && _total < end);
        }

        if (progress == ReadProgress.Over)
        {
            End();
        }
        else if (readsToEnd && progress == ReadProgress.More)
        {
            Volatile.Write(ref _readsToEnd, true);
        }

        return progress is ReadProgress.Empty or ReadProgress.Emptied;
    }

    private void End()
    {
        lock (_turn)
        {
            _state.End();
            _owner.OnReceiverEnded();
        }

        _watching.End();
        _pooled?.Dispose();
    }
}
