using Zmtp.Sessions;
using Zmtp.Timing;

namespace Zmtp.Listening;

/// <summary>What was asked of a peer's I/O thread.</summary>
/// <param name="SentAt">When the PING went out.</param>
/// <param name="Answer">When its PONG came; not set when the connection was over before. Never fails.</param>
public sealed record ListenerPing(Timestamp SentAt, Task<Timestamp> Answer);

/// <summary>The PINGs on one connection, one at a time: who asks while one is out waits for the same answer. Thread-safe.</summary>
internal sealed class PeerQuestion
{
    // As for a connection that we made: an end so soon after the first PING is its doing.
    private static readonly TimeSpan Reaction = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private PingTracker _pings;
    private ListenerPing? _out;
    private TaskCompletionSource<Timestamp>? _answer;
    private bool _isOver;

    /// <summary>Whether the peer ended the connection at our first PING.</summary>
    public bool EndedIt { get; private set; }

    /// <summary>Asks, unless a PING is out.</summary>
    /// <returns>The PING that is out; null when the connection is over.</returns>
    public ListenerPing? Ask(ServerSession session, Timestamp now)
    {
        Span<byte> context = stackalloc byte[PingTracker.ContextLength];
        ListenerPing asked;
        lock (_lock)
        {
            if (_isOver || _out is not null)
            {
                return _out;
            }

            _answer = new TaskCompletionSource<Timestamp>(TaskCreationOptions.RunContinuationsAsynchronously);
            asked = _out = new ListenerPing(now, _answer.Task);
            _pings.Start(context, now);
        }

        session.SendPing(context);
        return asked;
    }

    /// <summary>A PONG came.</summary>
    public void OnPong(ReadOnlySpan<byte> context, Timestamp at)
    {
        lock (_lock)
        {
            if (_out is not null && _pings.TryComplete(context))
            {
                _answer!.TrySetResult(at);
                _out = null;
            }
        }
    }

    /// <summary>The connection is over.</summary>
    /// <param name="at">When.</param>
    /// <param name="byPeer">Whether the peer ended it.</param>
    public void OnClosed(Timestamp at, bool byPeer)
    {
        lock (_lock)
        {
            _isOver = true;
            EndedIt = byPeer && _pings.Ended(at, Reaction);
            _answer?.TrySetResult(Timestamp.None);
            _out = null;
        }
    }
}
