using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// One of the two connections of a loop, with what is known of its peer. Its link is for the probe that runs; what comes between probes is
/// reported from any thread.
/// </summary>
/// <param name="words">Which side it is: "the sending side, tcp://…".</param>
/// <param name="time">The clock.</param>
/// <param name="maxConnectionAge">The module's setting.</param>
/// <param name="observer">Is notified of events.</param>
/// <param name="unawaited">Takes messages that come between probes.</param>
internal sealed class LoopSide(
    string words, TimeProvider time, TimeSpan maxConnectionAge, IProbeObserver observer, Action<ZmtpMessage> unawaited) : ILinkObserver, IDisposable
{
    private readonly PingMemory _pings = new(time, maxConnectionAge);
    private readonly LastAnswer _lastAnswer = new(time);
    private OverdueReply? _sign;

    /// <summary>Which side it is.</summary>
    public string Words => words;

    /// <summary>The connection.</summary>
    public IMessageLink Link { get; private set; } = null!;

    /// <summary>What shows in this probe that the peer's process lives.</summary>
    public OverdueReply Sign => _sign!;

    /// <summary>Why there is no connection; null while there is one.</summary>
    public ZmtpError? Error { get; private set; }

    /// <summary>Whether no connection could be made, and none was lost.</summary>
    public bool IsOpening { get; private set; }

    /// <summary>When the next look for a sign of life is due.</summary>
    public Timestamp NextStep => Error is null ? Sign.Next : Timestamp.Never;

    /// <summary>Whether the process behind it has shown in this probe that it lives.</summary>
    public bool IsProvenAlive => Sign.Pong.IsSet || Sign.HasBesideOpened || (Sign.HasShakenHands && !Sign.IsKept);

    /// <summary>Whether it had the time and gave no sign of life.</summary>
    public bool IsMute => !IsProvenAlive && ((Sign.HasPinged && Sign.HadTimeToPong) || Sign.Fresh is { IsLocal: false } || Sign.HadTimeToShakeHands);

    /// <summary>Makes the link.</summary>
    public void Create(IMessageClient client, LinkOptions options) => Link = client.CreateLink(options, this);

    /// <summary>Opens the connection for a probe, or for another try in one.</summary>
    public async ValueTask OpenAsync(ProbeClock clock)
    {
        _pings.Look(Link);
        _sign = new OverdueReply(Link, clock, _pings);
        Error = null;
        var opened = await Link.OpenAsync(clock.Deadline);
        IsOpening = opened.Kind != LinkOutcomeKind.Opened;
        if (IsOpening)
        {
            Error = _lastAnswer.Judge(ProbeFailures.ErrorOf(opened));
            return;
        }

        _sign.Opened();
    }

    /// <summary>How much of the time until the connection was open, if that was in this probe, was our own lateness.</summary>
    public TimeSpan OwnDelay => Error is null && !Sign.IsKept ? Link.OwnDelay : TimeSpan.Zero;

    /// <summary>Takes an outcome that is no message and no end of a wait.</summary>
    public void Take(LinkOutcome outcome)
    {
        switch (outcome.Kind)
        {
            case LinkOutcomeKind.Pong:
                Sign.OnPong(outcome.Timestamp);
                break;
            case LinkOutcomeKind.BesideOpened:
                Sign.OnBesideOpened(outcome.Timestamp);
                break;
            case LinkOutcomeKind.BesideFailed:
                Sign.OnBesideFailed(outcome);
                break;
            case LinkOutcomeKind.Failed:
                Error = ProbeFailures.ErrorOf(outcome);
                break;
            default:
                break;
        }
    }

    /// <summary>Looks for a sign of life when that is due.</summary>
    /// <returns>Whether the kept connection was dead, and a fresh one has taken its place.</returns>
    public bool TakeStep(Timestamp now)
    {
        if (now < NextStep || Sign.TakeStep() is null)
        {
            return false;
        }

        Found = KeptConnection.HadDied(Sign.HasPinged);
        if (!Link.TakeBeside())
        {
            return false;
        }

        Sign.Renewed();
        return true;
    }

    /// <summary>What was wrong with the kept connection whose place a fresh one took in this probe; else empty.</summary>
    public string Found { get; private set; } = "";

    /// <summary>Makes a fresh connection in the place of a kept one that was ended when it was used.</summary>
    public async ValueTask ReopenAsync(ProbeClock clock)
    {
        Found = KeptConnection.WasReset(isSubscriber: true);
        Link.EndProbe(AfterProbe.Close);
        await OpenAsync(clock);
    }

    /// <summary>A probe begins.</summary>
    public void Begin() => Found = "";

    /// <summary>Notes whether the peer spoke ZMTP in this probe.</summary>
    public void Note(ProbeResult result) => _lastAnswer.Note(IsProvenAlive || result.Reachable == true ? result with { Reachable = true } : result);

    /// <inheritdoc />
    public void Dispose() => Link.Dispose();

    /// <inheritdoc />
    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent) => observer.OnConnectionEvent(connectionEvent);

    /// <inheritdoc />
    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message) => unawaited(message);
}
