using System.Buffers.Binary;
using Zmtp.Timing;
using Zmtp.Wire;

namespace Zmtp.Sessions;

/// <summary>The PINGs of one connection, and what became of them. Thread-safe.</summary>
internal struct PingTracker
{
    /// <summary>Length of our contexts.</summary>
    public const int ContextLength = sizeof(ulong);

    private ulong _outstanding; // the context of the last PING; 0 when it was answered, or there was none
    private Timestamp _firstSentAt; // not set before
    private int _sent;
    private bool _isAnswered;

    /// <summary>Begins a PING. Only the answer to the last one counts.</summary>
    /// <param name="context">Filled with its context, which is random: an answer that nobody asked for must not fit by chance.</param>
    /// <param name="now">When.</param>
    public void Start(Span<byte> context, Timestamp now)
    {
        ulong number;
        do
        {
            Random.Shared.NextBytes(context);
            number = BinaryPrimitives.ReadUInt64BigEndian(context);
        }
        while (number == 0);

        if (Interlocked.Increment(ref _sent) == 1)
        {
            Timestamp.VolatileWrite(ref _firstSentAt, now);
        }

        Interlocked.Exchange(ref _outstanding, number);
    }

    /// <summary>Takes a PONG.</summary>
    /// <returns>Whether it answers the last PING. As libzmq tolerates it, some servers leave the context out, and some add to it.</returns>
    public bool TryComplete(ReadOnlySpan<byte> context)
    {
        var outstanding = Interlocked.Read(ref _outstanding);
        var isAnswer = outstanding != 0
            && (context.IsEmpty || (context.Length >= ContextLength && BinaryPrimitives.ReadUInt64BigEndian(context) == outstanding))
            && Interlocked.CompareExchange(ref _outstanding, 0, outstanding) == outstanding;
        if (isAnswer)
        {
            Volatile.Write(ref _isAnswered, true);
        }

        return isAnswer;
    }

    /// <summary>Whether a connection that the peer ended was ended by our PING: no PONG has ever come, and the end came soon after the first one.</summary>
    /// <param name="closedAt">When it ended.</param>
    /// <param name="limit">How soon.</param>
    public readonly bool Ended(Timestamp closedAt, TimeSpan limit)
    {
        var firstSentAt = Timestamp.VolatileRead(in _firstSentAt);
        return firstSentAt.IsSet && !Volatile.Read(in _isAnswered) && closedAt - firstSentAt <= limit;
    }
}
