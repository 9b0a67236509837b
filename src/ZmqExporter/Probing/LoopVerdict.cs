using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What result the evidence of a loop's probe makes.</summary>
/// <param name="run">What was done and seen.</param>
/// <param name="lateAfter">From when on a message is late.</param>
/// <param name="mayWait">Whether a connection that took most of the time may leave the verdict to the next probe: not twice in a row.</param>
internal sealed class LoopVerdict(LoopRun run, TimeSpan lateAfter, bool mayWait = true)
{
    /// <summary>Judges.</summary>
    public ProbeResult Of(LoopEnd end)
    {
        var result = end == LoopEnd.Lost ? Unconnected() : Judge(end);
        bool? isMissed = result.Outcome == ProbeOutcome.Miss ? false : null;
        var (now, timings) = (run.Clock.Now, run.Sender.Link.Timings);
        var sign = run.Sender.Sign;
        return result with
        {
            Responsive = result.Responsive ?? isMissed,
            Ready = result.Ready ?? isMissed,
            Elapsed = now - run.Clock.Start,
            Phases = new PhaseDurations(
                timings.Resolve, timings.Connect, timings.Handshake, sign.Pong.IsSet ? sign.Pong - sign.PingSent : null, result.RoundTrip),
            Peer = run.Sender.Link.Peer,
        };
    }

    private ProbeResult Judge(LoopEnd end)
    {
        var ledger = run.Ledger;
        if (!ledger.HasAny && mayWait && HadNextToNoTime)
        {
            return ProbeResult.Pending(LoopWords.LateConnect(run), reachable: true);
        }

        if (end != LoopEnd.Complete && WasTooShort)
        {
            return ProbeResult.Pending(LoopWords.TooShort(run), reachable: true);
        }

        if (run is { Unread: > 0, Lost: > 0 })
        {
            return ProbeResult.Local(LoopWords.Unread(run));
        }

        if (!ledger.HasAny && run.Foreign == 0)
        {
            return Nothing() with { Loop = ledger.Counts() };
        }

        var undecided = run.Undecided;
        if (end == LoopEnd.Over && run.Lost <= run.Config.MaxLost && (undecided > 0 || ledger.Sent < run.Config.Messages))
        {
            return ProbeResult.Miss(FailureReason.ReplyTimeout, LoopWords.TooSlow(run), reachable: true) with { Responsive = true, Loop = ledger.Counts(undecided) };
        }

        if (LoopWords.Problem(run) is { } problem)
        {
            var isNothing = ledger.Came == 0 && !ledger.HasFence;
            var reason = isNothing ? FailureReason.ReplyTimeout : FailureReason.UnexpectedReply;
            return ProbeResult.Miss(reason, problem, reachable: true) with { Responsive = !isNothing, Loop = ledger.Counts(undecided) };
        }

        var isSlow = ledger.Slowest > lateAfter;
        var found = LoopWords.Found(run);
        return new ProbeResult
        {
            Outcome = isSlow || found.Length > 0 ? ProbeOutcome.Late : ProbeOutcome.OnTime,
            Detail = isSlow && found.Length == 0 ? LoopWords.Slow(run, lateAfter) : LoopWords.Success(run),
            Reachable = true,
            Responsive = true,
            Ready = true,
            RoundTrip = ledger.Slowest,
            IsSlow = isSlow,
            Found = found,
            Loop = ledger.Counts(),
        };
    }

    // The connections are of this probe, and the last one came so late that nothing could have come through.
    private bool HadNextToNoTime => LastOpened is var opened && opened > run.Clock.Start && run.Clock.Deadline - opened < run.Clock.Timeout / 2;

    private Timestamp LastOpened => Timestamp.Max(run.Sender.Link.OpenedAt, run.Receiver.Link.OpenedAt);

    // Our own acts took the time: a new connection, its subscription, another try.
    private bool WasTooShort => run.WasDelayed && (run.Ledger.HasWarmedUp || LoopWords.Found(run).Length > 0)
        && (run.BurstBegan.IsSet ? run.Clock.Deadline - run.BurstBegan : TimeSpan.Zero) < run.Clock.Timeout / 2;

    private ProbeResult Nothing()
    {
        var words = LoopWords.Nothing(run);
        LoopSide[] sides = run.Sender.Words == run.Receiver.Words ? [run.Sender] : [run.Sender, run.Receiver];
        if (sides.FirstOrDefault(side => side.IsMute) is { } mute)
        {
            var seen = $"{words}, and {mute.Words} gives no sign of life{(mute.Sign.HasPinged ? ", not even the answer to a ZMTP PING" : "")}";
            return MuteConnection.Judge(seen, mute.Sign.Silence).ToResult();
        }

        if (sides.All(side => side.IsProvenAlive))
        {
            var how = sides.All(side => side.Sign.Pong.IsSet) ? "answers a ZMTP PING at both"
                : sides.Any(side => side.Sign.Pong.IsSet) ? "answers a ZMTP PING at one side, and shook hands at the other in this probe"
                : "shook hands in this probe";
            return ProbeResult.Miss(
                FailureReason.ReplyTimeout, $"{words}, and the process lives ({how}): what passes messages on hangs, or does not join these two sides{run.Dialog}", reachable: true);
        }

        return ProbeResult.Miss(FailureReason.ReplyTimeout, $"{words}; whether the process lives is unknown: it was asked no ZMTP PING, or the time was over before an answer{run.Dialog}", reachable: null);
    }

    private static string Hint(LoopSide[] lost) => Array.TrueForAll(lost, side => side.Error!.Code == ZmtpErrorCode.SocketType)
        ? "; most likely endpoint and return_endpoint are the wrong way round"
        : "";

    private ProbeResult Unconnected()
    {
        LoopSide[] lost = [.. new[] { run.Sender, run.Receiver }.Where(side => side.Error is not null)];
        var first = lost.FirstOrDefault(side => side.Error!.Code == ZmtpErrorCode.Local) ?? lost[0];
        var detail = string.Join("; ", lost.Select(side => $"{(side.IsOpening ? "no connection at" : "the connection was lost at")} {side.Words}: {side.Error!.Message}"));
        var other = lost.Length == 2 ? Hint(lost) : $"; {(first == run.Sender ? run.Receiver : run.Sender).Words} is connected";
        var result = ProbeFailures.ResultOf(first.Error!, detail + other, first.Link.HasGreeted, first.IsOpening);
        return first.Error!.Code == ZmtpErrorCode.Local ? result with { Detail = $"{first.Words}: {result.Detail}" }
            : run.Ledger.Sent > 0 ? result with { Loop = run.Ledger.Counts() }
            : result;
    }
}
