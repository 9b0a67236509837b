using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>How one attempt of a loop's probe ended.</summary>
internal enum LoopEnd
{
    /// <summary>All that was sent came, and the fence after it.</summary>
    Complete,

    /// <summary>The time is over.</summary>
    Over,

    /// <summary>A side lost its connection.</summary>
    Lost,

    /// <summary>A kept connection was dead, and a fresh one has taken its place.</summary>
    Renewed,
}

/// <summary>What one probe of a loop has done and seen so far. Not thread-safe.</summary>
/// <param name="config">The module's.</param>
/// <param name="sender">Where we send.</param>
/// <param name="receiver">Where we receive.</param>
/// <param name="clock">The probe's time.</param>
/// <param name="observer">Is notified of messages.</param>
internal sealed class LoopRun(LoopProberConfig config, LoopSide sender, LoopSide receiver, ProbeClock clock, IProbeObserver observer)
{
    private const int MaxShown = 4; // of a burst, all of which look the same

    private int _shownSent;
    private int _shownReceived;

    /// <summary>The module's.</summary>
    public LoopProberConfig Config => config;

    /// <summary>Where we send.</summary>
    public LoopSide Sender => sender;

    /// <summary>Where we receive.</summary>
    public LoopSide Receiver => receiver;

    /// <summary>The probe's time.</summary>
    public ProbeClock Clock => clock;

    /// <summary>Waits.</summary>
    public LoopWait Wait { get; } = new(sender, receiver, clock);

    /// <summary>Books the present attempt.</summary>
    public LoopLedger Ledger { get; private set; } = new(ProbeToken.Next(), config);

    /// <summary>When the first counted message of this attempt went out; not set before.</summary>
    public Timestamp BurstBegan { get; private set; }

    /// <summary>When the last one went out.</summary>
    public Timestamp LastSent { get; private set; }

    /// <summary>Whether a warm-up or another try took time of this probe, so that the messages had less.</summary>
    public bool WasDelayed { get; set; }

    /// <summary>Messages that are not ours, where nobody but us should be.</summary>
    public int Foreign { get; set; }

    /// <summary>Messages of another exporter's loop, or of this one's before it was started again.</summary>
    public int OfOthers { get; set; }

    /// <summary>Messages of this attempt that came and that this process did not come to read.</summary>
    public int Unread { get; set; }

    /// <summary>How many messages did not come and had too little time for that: they may be on their way.</summary>
    public int Undecided => Ledger.Came == 0 ? 0 : Ledger.TailSince(clock.Deadline - (clock.Timeout / 2));

    /// <summary>How many are lost.</summary>
    public int Lost => Ledger.Lost - Undecided;

    /// <summary>What is known of the dialog with a broker, in words; empty for nothing.</summary>
    public string Dialog { get; set; } = "";

    /// <summary>Another attempt begins.</summary>
    public void BeginAgain()
    {
        Ledger = new LoopLedger(ProbeToken.Next(), config);
        BurstBegan = Timestamp.None;
        WasDelayed = true;
        Dialog = "";
    }

    /// <summary>Sends a message.</summary>
    public void Send(LoopSide side, ZmtpMessage message)
    {
        side.Link.Send(message);
        if (observer.ShowsMessages && ++_shownSent <= MaxShown)
        {
            observer.OnMessageSent(message);
        }
    }

    /// <summary>The bytes of the next message that is counted.</summary>
    public byte[] Next()
    {
        var now = clock.Now;
        BurstBegan = BurstBegan.IsSet ? BurstBegan : now;
        LastSent = now;
        return Ledger.Next(now);
    }

    /// <summary>Notes what is none of this process.</summary>
    public void NoteForeign(ReadOnlySpan<byte> payload)
    {
        if (LoopPayload.IsOfAny(payload))
        {
            OfOthers++;
        }
        else
        {
            Foreign++;
        }
    }

    /// <summary>Books what came back.</summary>
    /// <param name="outcome">The message.</param>
    /// <param name="payload">Its bytes.</param>
    /// <returns>False when it is none of this process.</returns>
    public bool Book(LinkOutcome outcome, ReadOnlySpan<byte> payload)
    {
        if (observer.ShowsMessages && ++_shownReceived <= MaxShown)
        {
            observer.OnMessageReceived(outcome.Message!);
        }

        // What came too late is lost, and what cannot be known is not.
        var arrival = clock.IsInTime(outcome) == false ? LoopArrival.Stale : Ledger.Take(payload, outcome.Timestamp);
        if (arrival == LoopArrival.Stale)
        {
            observer.OnStaleReply();
        }

        return arrival != LoopArrival.Foreign;
    }
}
