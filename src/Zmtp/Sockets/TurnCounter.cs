using Zmtp.Timing;

namespace Zmtp.Sockets;

/// <summary>Tells a connection that sends very much, even if each turn finds little, by how often it gets a turn. Not thread-safe.</summary>
internal struct TurnCounter
{
    private const int MaxTurns = 16;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(10);

    private Timestamp _windowStart;
    private int _turns;

    /// <summary>Counts a turn.</summary>
    /// <returns>Whether there were too many of them.</returns>
    public bool IsOneTooMany(Timestamp now)
    {
        if (now - _windowStart >= Window)
        {
            _windowStart = now;
            _turns = 0;
        }

        return ++_turns > MaxTurns;
    }
}
