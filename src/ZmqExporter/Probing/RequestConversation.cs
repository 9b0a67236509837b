using ZmqExporter.Heartbeat;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>The conversation of one request probe: sends each step's message and judges what comes. Not thread-safe.</summary>
/// <param name="exchange">Its clock and its connection.</param>
/// <param name="plan">What is asked, and what the replies must be.</param>
/// <param name="variables">What the placeholders stand for.</param>
/// <param name="memory">What earlier probes left.</param>
/// <param name="observer">Is notified of what is sent and received.</param>
internal sealed class RequestConversation(
    RequestExchange exchange, RequestPlan plan, ProbeVariables variables, RequestMemory memory, IProbeObserver observer)
{
    private int _step;

    /// <summary>What a message is to the step that waits.</summary>
    private enum Meaning
    {
        /// <summary>Nothing: the wait goes on.</summary>
        None,

        /// <summary>The reply.</summary>
        Reply,

        /// <summary>The end of the probe.</summary>
        End,
    }

    /// <summary>Whether a message was taken for the answer to an earlier probe although it does not say so.</summary>
    public bool SawLeftOver { get; private set; }

    /// <summary>Sends the first step's message.</summary>
    public void Begin()
    {
        Restart();
        Send();
    }

    /// <summary>Takes what came.</summary>
    /// <param name="outcome">What.</param>
    /// <param name="result">The result of the probe, if this ends it.</param>
    /// <returns>Whether to wait for more, to begin again on a fresh connection, or that it is over.</returns>
    public ConversationStep Take(LinkOutcome outcome, out ProbeResult? result)
    {
        result = null;
        if (exchange.TryTake(ref outcome))
        {
            return ConversationStep.Wait;
        }

        var meaning = outcome.Kind == LinkOutcomeKind.Message ? OnMessage(outcome, out result) : OnOther(outcome, out result);
        if (meaning == Meaning.Reply)
        {
            if (++_step == plan.Steps.Length)
            {
                result = exchange.Verdict.Accepted();
                if (plan.Values is not null)
                {
                    var values = plan.Values.Read(outcome.Message!);
                    result = result with { Values = values, Unmapped = plan.Values.UnmappedIn(values, outcome.Message!) };
                }

                return ConversationStep.End;
            }

            Send();
            return ConversationStep.Wait;
        }

        return meaning == Meaning.None ? ConversationStep.Wait : result is null ? ConversationStep.BeginAgain : ConversationStep.End;
    }

    private void Send()
    {
        var request = plan.Steps[_step].Message(variables);
        exchange.Send(request);
        observer.OnMessageSent(request);
    }

    private Meaning OnOther(LinkOutcome outcome, out ProbeResult? result)
    {
        result = null;
        switch (outcome.Kind)
        {
            case LinkOutcomeKind.BesideOpened:
                var first = plan.Steps[0].Message(variables);
                exchange.SendBeside(first, outcome);
                observer.OnMessageSent(first);
                return Meaning.None;
            case LinkOutcomeKind.Failed when exchange.AsksBeside:
                TakeBeside();
                return Meaning.None;
            case LinkOutcomeKind.Failed:
                result = exchange.MayRetryAfter(outcome) ? null : exchange.Verdict.Failed(outcome);
                return Meaning.End;
            default:
                result = exchange.Verdict.TimedOut(memory.SawLateReply);
                return Meaning.End;
        }
    }

    private Meaning OnMessage(LinkOutcome outcome, out ProbeResult? result)
    {
        result = null;
        observer.OnMessageReceived(outcome.Message!);
        if (exchange.IsTooEarly(outcome))
        {
            if (exchange.IsKept && !outcome.IsBeside)
            {
                memory.OnUnasked();
            }

            return Meaning.None;
        }

        if (outcome.IsBeside)
        {
            TakeBeside(); // what answers is the fresh connection
        }

        var isInTime = exchange.IsInTime(outcome);
        if (isInTime != true)
        {
            exchange.Answered(outcome);
            memory.OnStale();
            result = isInTime is null ? exchange.Verdict.Unknowable(outcome) : exchange.Verdict.TimedOut(memory.SawLateReply);
            return Meaning.End;
        }

        return Judge(outcome, out result);
    }

    private Meaning Judge(LinkOutcome outcome, out ProbeResult? result)
    {
        result = null;
        var step = plan.Steps[_step];
        string? problem = null;
        var verdict = step.Until?.Judge(outcome.Message!, variables, out problem) ?? ReplyVerdict.Accepted;
        if (verdict is ReplyVerdict.Refused or ReplyVerdict.RefusedByName && exchange.PassOver(problem!))
        {
            return Meaning.None;
        }

        if (verdict == ReplyVerdict.Accepted)
        {
            verdict = step.Check.Judge(outcome.Message!, variables, out problem);
        }

        if (verdict == ReplyVerdict.Accepted && (problem = step.Capture(outcome.Message!, variables.Captured)) is not null)
        {
            verdict = ReplyVerdict.RefusedByName; // it is the answer, whatever else may still be owed
        }

        // With tokens, a connection lives on after a timeout: a reply without any token may then answer one of the earlier requests.
        var isLeftOver = verdict == ReplyVerdict.Refused && plan.HasToken && memory.Owed.Any;
        if (verdict == ReplyVerdict.Stale || isLeftOver)
        {
            SawLeftOver |= isLeftOver;
            memory.OnStale();
            return Meaning.None;
        }

        exchange.AnsweredInUse();
        exchange.Answered(outcome);
        NoteHeartbeat(outcome.Message!);
        if (verdict == ReplyVerdict.Accepted)
        {
            return Meaning.Reply;
        }

        result = exchange.Verdict.Refused(problem! + HintAt(outcome.Message!));
        return Meaning.End;
    }

    // Whether it is ready or not: a server that has started again often is not, yet.
    private void NoteHeartbeat(ZmtpMessage reply)
    {
        if (plan.Heartbeat is { } heartbeat)
        {
            Span<byte> token = stackalloc byte[ProbeToken.Length];
            variables.Token.Write(token);
            _ = HeartbeatReply.Read(reply, token, heartbeat.Service, out var report);
            if (report is not null)
            {
                observer.OnHeartbeat(report);
            }
        }
    }

    /// <summary>The conversation goes on on the fresh connection, with the reply to its first message.</summary>
    private void TakeBeside()
    {
        exchange.TakeBeside();
        Restart();
    }

    private void Restart()
    {
        _step = 0;
        variables.Captured?.Clear();
    }

    // A message that crosses the first request of a connection cannot be told from its reply by time alone.
    private string HintAt(ZmtpMessage message) =>
        exchange.IsKept || plan.HasToken ? "" : UnaskedHint.Of(plan.Socket, message, exchange.IsUnacknowledged);
}

/// <summary>How a conversation goes on.</summary>
internal enum ConversationStep
{
    /// <summary>With the next outcome.</summary>
    Wait,

    /// <summary>On a fresh connection: the one in use was lost in a way that may be no fault of the peer's. Once.</summary>
    BeginAgain,

    /// <summary>It is over.</summary>
    End,
}
