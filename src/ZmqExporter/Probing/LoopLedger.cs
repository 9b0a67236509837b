using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What a message that came out of a loop was.</summary>
internal enum LoopArrival
{
    /// <summary>One of this probe.</summary>
    Ours,

    /// <summary>One of an earlier probe.</summary>
    Stale,

    /// <summary>Somebody else's.</summary>
    Foreign,
}

/// <summary>Books what one attempt sent and what of it came. Not thread-safe.</summary>
/// <param name="token">Of the attempt.</param>
/// <param name="config">The module's.</param>
internal sealed class LoopLedger(ProbeToken token, LoopProberConfig config)
{
    private readonly Timestamp[] _sent = new Timestamp[config.Messages];
    private readonly bool[] _seen = new bool[config.Messages];
    private int _highest = -1;

    /// <summary>The attempt.</summary>
    public ProbeToken Token => token;

    /// <summary>How many were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>How many of them came.</summary>
    public int Came { get; private set; }

    /// <summary>How many did not.</summary>
    public int Lost => Sent - Came;

    /// <summary>How often one came that had come.</summary>
    public int Duplicates { get; private set; }

    /// <summary>How many came after one that was sent later.</summary>
    public int Reordered { get; private set; }

    /// <summary>How many came with other bytes.</summary>
    public int Altered { get; private set; }

    /// <summary>Whether a warm-up message came.</summary>
    public bool HasWarmedUp { get; private set; }

    /// <summary>Whether the fence came.</summary>
    public bool HasFence { get; private set; }

    /// <summary>Whether all that the probe sends came.</summary>
    public bool HasAll => Came == config.Messages;

    /// <summary>Whether anything at all came.</summary>
    public bool HasAny => Came > 0 || HasWarmedUp || HasFence;

    /// <summary>How long the slowest one was on its way; zero before the first.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>What this adds to the target's counters.</summary>
    /// <param name="undecided">How many of those that did not come may still be on their way.</param>
    public LoopCounters Counts(int undecided = 0) => new(Sent - undecided, Lost - undecided, Duplicates, Reordered);

    /// <summary>How many did not come after the last one that did: nothing that was sent later tells that they are lost.</summary>
    public int Tail => HasFence ? 0 : Sent - 1 - _highest;

    /// <summary>How many of the <see cref="Tail"/> were sent after a moment.</summary>
    public int TailSince(Timestamp moment)
    {
        var count = 0;
        while (count < Tail && _sent[Sent - 1 - count] > moment)
        {
            count++;
        }

        return count;
    }

    /// <summary>The bytes of the next message that is counted, which is sent now.</summary>
    public byte[] Next(Timestamp now)
    {
        _sent[Sent] = now;
        return LoopPayload.Write(token, LoopKind.Message, Sent++, config.Size);
    }

    /// <summary>The bytes of a message that is not counted.</summary>
    public byte[] Other(LoopKind kind) => LoopPayload.Write(token, kind, 0, config.Size);

    /// <summary>Whether the message of this number came.</summary>
    public bool HasSeen(int number) => _seen[number];

    /// <summary>Books what came.</summary>
    /// <param name="payload">Its bytes.</param>
    /// <param name="at">When.</param>
    public LoopArrival Take(ReadOnlySpan<byte> payload, Timestamp at)
    {
        if (!LoopPayload.TryRead(payload, config.Size, out var piece))
        {
            return LoopArrival.Foreign;
        }

        if (piece.Token != token)
        {
            return LoopArrival.Stale;
        }

        switch (piece.Kind)
        {
            case LoopKind.WarmUp:
                HasWarmedUp = true;
                break;
            case LoopKind.Fence:
                HasFence = true;
                break;
            case LoopKind.Message when piece.Number < Sent:
                Book(piece, at);
                break;
            default:
                Altered++;
                break;
        }

        return LoopArrival.Ours;
    }

    private void Book(LoopPiece piece, Timestamp at)
    {
        Altered += piece.IsWhole ? 0 : 1;
        if (_seen[piece.Number])
        {
            Duplicates++;
            return;
        }

        _seen[piece.Number] = true;
        Came++;
        Reordered += piece.Number < _highest ? 1 : 0;
        _highest = Math.Max(_highest, piece.Number);
        Slowest = TimeSpan.Max(Slowest, at - _sent[piece.Number]); // the kernel's clock may be a little before ours
    }
}
