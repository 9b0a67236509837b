namespace Zmtp.Sockets;

/// <summary>
/// Sees to it that one at a time reads a socket, and that nothing is left there when something comes while that one is about to stop.
/// Thread-safe; a field that is not read-only.
/// </summary>
internal struct ReadState
{
    private const int Fresh = 0; // nobody reads yet
    private const int Resting = 1; // until something comes
    private const int Running = 2; // somebody reads, or is about to
    private const int RunningAgain = 3; // and something has come since
    private const int Ended = 4;

    private int _state;

    /// <summary>Whether nobody reads any more.</summary>
    public readonly bool HasEnded => Volatile.Read(in _state) == Ended;

    /// <summary>The first one to read begins. Once.</summary>
    public void Begin() => Interlocked.Exchange(ref _state, Running);

    /// <summary>Something has come.</summary>
    /// <returns>Whether the caller is the one to read now; else there is one who is going to look once more, or will begin, or nobody any more.</returns>
    public bool TryStart()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            var next = state == Resting ? Running : RunningAgain;
            if (state is Fresh or RunningAgain or Ended || Interlocked.CompareExchange(ref _state, next, state) == state)
            {
                return state == Resting;
            }
        }
    }

    /// <summary>Who reads has found nothing more.</summary>
    /// <returns>False when something has come meanwhile: then it goes on.</returns>
    public bool TryRest() => Interlocked.CompareExchange(ref _state, Resting, Running) == Running || !GoOn();

    /// <summary>Who reads goes on.</summary>
    /// <returns>True.</returns>
    public bool GoOn()
    {
        Interlocked.Exchange(ref _state, Running);
        return true;
    }

    /// <summary>Who reads was the last one.</summary>
    public void End() => Volatile.Write(ref _state, Ended);
}
