using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// A loop whose messages go one way: PUB to SUB, or PUSH to PULL. A path that is new, because one of its connections is, has to bring a
/// warm-up message before anything counts: our own subscription takes its time through the proxy. Then the burst goes out in small pieces,
/// each when most of the last one has come, and a fence after it.
/// </summary>
/// <param name="run">The probe.</param>
/// <param name="topic">The first frame; empty for paths without topics.</param>
internal sealed class OneWayLoop(LoopRun run, byte[] topic)
{
    private const int Window = 64; // on the way at once: far below any high-water mark

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether a path with these connections has let a message through before.</summary>
    public bool IsWarm { get; set; }

    /// <summary>Sends and receives, once.</summary>
    public async ValueTask<LoopEnd> RunAsync()
    {
        if (!IsWarm || run.Sender.Link.IsSubscribed == false)
        {
            run.WasDelayed = true;
            if (await WarmUpAsync() is { } end)
            {
                return end;
            }

            IsWarm = true;
        }

        return await BurstAsync();
    }

    // Null when a warm-up message came.
    private async ValueTask<LoopEnd?> WarmUpAsync()
    {
        while (run.Sender.Link.IsSubscribed == false)
        {
            if (EndOf(await StepAsync(run.Sender, Timestamp.Never)) is { } end)
            {
                return end;
            }
        }

        var pause = FirstPause;
        var next = run.Clock.Now;
        while (!run.Ledger.HasWarmedUp)
        {
            if (run.Clock.Now >= next)
            {
                Send(run.Ledger.Other(LoopKind.WarmUp));
                next = run.Clock.Now + pause;
                pause = TimeSpan.Min(pause * 2, LongestPause);
            }

            if (EndOf(await StepAsync(run.Receiver, next)) is { } end)
            {
                return end;
            }
        }

        return null;
    }

    private async ValueTask<LoopEnd> BurstAsync()
    {
        var ledger = run.Ledger;
        var excused = 0; // missing, and no reason to wait with the rest
        var fence = Timestamp.Never; // when the next one goes out
        while (!ledger.HasAll || !ledger.HasFence)
        {
            while (ledger.Sent < run.Config.Messages && ledger.Lost - excused < Window)
            {
                Send(run.Next());
            }

            var isSent = ledger.Sent == run.Config.Messages;
            if (isSent && (fence == Timestamp.Never || (ledger.HasAll && run.Clock.Now >= fence)))
            {
                Send(ledger.Other(LoopKind.Fence));
                fence = run.Clock.Now + LongestPause;
            }

            var step = await StepAsync(run.Receiver, !isSent ? run.Clock.Now + FirstPause : ledger.HasAll ? fence : Timestamp.Never);
            if (EndOf(step) is { } end)
            {
                return end == LoopEnd.Over && ledger.HasAll ? LoopEnd.Complete : end;
            }

            excused = step == LoopStep.Time ? ledger.Lost : Math.Min(excused, ledger.Lost);
        }

        return LoopEnd.Complete;
    }

    private async ValueTask<LoopStep> StepAsync(LoopSide side, Timestamp until)
    {
        var step = await run.Wait.OnAsync(side, until);
        if (step == LoopStep.Message && run.Wait.From == run.Receiver)
        {
            Take(run.Wait.Came);
        }

        return step;
    }

    private void Take(LinkOutcome outcome)
    {
        var message = outcome.Message!;
        if (topic.Length == 0)
        {
            if (!run.Book(outcome, message[0]))
            {
                run.NoteForeign(message[0]);
            }
        }
        else if (message[0].SequenceEqual(topic) && message.FrameCount > 1)
        {
            run.Book(outcome, message[1]); // a SUB passes over what it did not ask for
        }
    }

    private void Send(byte[] payload) => run.Send(run.Sender, topic.Length == 0 ? ZmtpMessage.FromFrames(payload) : ZmtpMessage.FromFrames(topic, payload));

    private static LoopEnd? EndOf(LoopStep step) => step switch
    {
        LoopStep.Over => LoopEnd.Over,
        LoopStep.Lost => LoopEnd.Lost,
        LoopStep.Renewed => LoopEnd.Renewed,
        _ => null,
    };
}
