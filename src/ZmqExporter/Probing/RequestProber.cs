using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary><c>prober: request</c>: sends each step's message and checks its reply.</summary>
internal sealed class RequestProber : IProber, ILinkObserver
{
    // libzmq drops such a message after it has announced it: a REP server that polls and then receives waits forever, for everybody.
    private static readonly ZmtpError BlocksRep = new(
        ZmtpErrorCode.SocketType,
        "the peer is a REP, which takes only messages that start with an empty frame; write send: [\"\", ...] and expect frame 1, or socket: req; nothing was sent, because such a message can block a server");

    // A ROUTER takes a moment to forget a peer, and ignores another one of the same routing id until then. Measured with libzmq 4.3.4 on
    // loopback: 71 of 2,000 that came at once were ignored, and none of 500 that came 5 ms later.
    private static readonly TimeSpan RouterPause = TimeSpan.FromMilliseconds(20);

    private readonly TargetConfig _target;
    private readonly IProbeObserver _observer;
    private readonly TimeProvider _time;
    private readonly RequestPlan _plan;
    private readonly IMessageLink _link;
    private readonly RequestMemory _memory;
    private long _sequence;

    public RequestProber(TargetConfig target, LinkOptions options, IMessageClient client, TimeProvider time, IProbeObserver observer)
    {
        _target = target;
        _observer = observer;
        _time = time;
        _plan = ModuleParts.PlanOf((RequestProberConfig)target.Module.Prober);
        _memory = new RequestMemory(time, target.Module.MaxConnectionAge, observer);
        _link = client.CreateLink(options, this);
    }

    /// <inheritdoc />
    /// <remarks>The one asynchronous method of a request probe: what comes is judged by methods that return at once, so that a wait keeps one state machine and not five.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        if (_memory.TakeUnawaited() && !_plan.HasToken && _plan.IsPersistent)
        {
            // The server says more than it is asked: without a token, the next such message could pass for an answer.
            _link.EndProbe(AfterProbe.Close);
            await LetForgetAsync();
        }

        using var stop = stopping.UnsafeRegister(static link => ((IMessageLink)link!).Dispose(), _link);
        var module = _target.Module;
        var exchange = new RequestExchange(_link, _memory.Pings, module.Timeout, module.Policy.LateAfter, _memory.LastEnd, _time, _plan.Limits);
        var variables = new ProbeVariables(ProbeToken.Next(), ++_sequence, _time.GetUtcNow().ToUnixTimeMilliseconds(), _plan.Captures ? new CapturedValues() : null);
        var conversation = new RequestConversation(exchange, _plan, variables, _memory, _observer);
        _memory.Pings.Look(_link);
        var result = Opened(await _link.OpenAsync(exchange.Deadline), exchange, conversation, variables);
        while (result is null)
        {
            var step = conversation.Take(await exchange.ReceiveAsync(), out result);
            if (step == ConversationStep.BeginAgain)
            {
                await LetForgetAsync();
                result = Reopened(await _link.OpenAsync(exchange.Deadline), exchange, conversation);
            }
        }

        End(result, exchange, conversation);
        return result;
    }

    /// <inheritdoc />
    public void Dispose() => _link.Dispose();

    /// <inheritdoc />
    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent) => _observer.OnConnectionEvent(connectionEvent);

    /// <inheritdoc />
    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message) => _memory.OnUnawaited(message);

    private Task LetForgetAsync() => _plan.Limits.HasRoutingId ? Task.Delay(RouterPause, _time) : Task.CompletedTask;

    // Null when the conversation has begun.
    private ProbeResult? Opened(LinkOutcome opened, RequestExchange exchange, RequestConversation conversation, in ProbeVariables variables)
    {
        if (opened.Kind != LinkOutcomeKind.Opened)
        {
            return NotOpened(exchange, opened with { Error = opened.Error is { } error ? OldPeer.Advise(error, _target) : null });
        }

        exchange.Opened(opened);
        _memory.Owed.ForgetOld(_link.OpenedAt);
        if (_link.Peer is { SocketType: "REP" } && !_plan.SuitsRep(variables))
        {
            return exchange.Verdict.Failed(new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: BlocksRep));
        }

        conversation.Begin();
        return null;
    }

    // The whole conversation begins again, once.
    private ProbeResult? Reopened(LinkOutcome opened, RequestExchange exchange, RequestConversation conversation)
    {
        if (opened.Kind != LinkOutcomeKind.Opened)
        {
            return NotOpened(exchange, opened);
        }

        exchange.Reopened(opened);
        conversation.Begin();
        return null;
    }

    private void End(ProbeResult result, RequestExchange exchange, RequestConversation conversation)
    {
        var owesReply = exchange.AwaitsReply && result.Reason == FailureReason.ReplyTimeout;
        _memory.OnResult(owesReply);
        if (exchange.AsksBeside)
        {
            exchange.TakeBeside(); // so that a late reply on either connection is counted
        }

        _link.EndProbe(Next(result, exchange, owesReply, conversation.SawLeftOver));
        _memory.OnEnd(result);
    }

    private ProbeResult NotOpened(RequestExchange exchange, LinkOutcome outcome) => exchange.Verdict.Failed(
        outcome with { Error = outcome.Error is { } error ? _memory.LastAnswer.Judge(error) : null }, isOpening: true);

    private AfterProbe Next(ProbeResult result, RequestExchange exchange, bool owesReply, bool sawLeftOver)
    {
        if (result.Reason is null)
        {
            return !_plan.IsPersistent || exchange.IsLost || result.Outcome == ProbeOutcome.Pending ? AfterProbe.Close
                : _memory.Owed.Any ? AfterProbe.KeepUnanswered : AfterProbe.Keep;
        }

        if (owesReply)
        {
            // A connection that gave no sign of life may be dead. And wrong replies without a token may be answers to earlier requests,
            // but only until a connection is new.
            if (_plan.HasToken && _plan.IsPersistent && !sawLeftOver && exchange.IsProvenAlive)
            {
                _memory.Owed.Add();
                return AfterProbe.KeepUnanswered;
            }

            return AfterProbe.KeepForLateReply;
        }

        _memory.Owed.Clear();

        // A REQ got the one reply that there is; anybody else may still have more to say.
        return _plan is { IsPersistent: true, Socket: SocketType.Req } && result.Reason == FailureReason.UnexpectedReply
            ? AfterProbe.Keep
            : AfterProbe.Abort;
    }
}
