using System.Runtime.CompilerServices;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary><c>prober: request</c>: sends each step's message and checks its reply.</summary>
internal sealed class RequestProber : IProber, ILinkObserver
{
    // libzmq drops such a message after it has announced it: a REP server that polls and then receives waits for ever, for everybody.
    private static readonly ZmtpError BlocksRep = new(
        ZmtpErrorCode.SocketType,
        "the peer is a REP, which takes only messages that start with an empty frame; write send: [\"\", ...] and expect frame 1, or socket: req; nothing was sent, because such a message can block a server");

    private readonly TargetConfig _target;
    private readonly RequestProberConfig _config;
    private readonly IProbeObserver _observer;
    private readonly TimeProvider _time;
    private readonly RequestStep[] _steps;
    private readonly IMessageLink _link;
    private readonly bool _hasToken;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _lateAfter;
    private long _sequence;
    private int _unanswered;
    private bool _sawLeftOver;
    private volatile bool _sawUnawaited;
    private volatile bool _owesReply; // the last probe ended without the reply that it waited for
    private volatile bool _sawLateReply;

    public RequestProber(TargetConfig target, IMessageClient client, TimeProvider time, IProbeObserver observer)
    {
        _target = target;
        _config = (RequestProberConfig)target.Module.Prober;
        _observer = observer;
        _time = time;
        _steps = [.. _config.Steps.Select(step => new RequestStep(step))];
        _hasToken = _steps.All(step => step.HasToken);
        _timeout = target.Module.Timeout;
        _lateAfter = target.Module.Policy.LateAfter;
        _link = client.CreateLink(target, _config.Socket, reconnects: _config.Persistent, this);
    }

    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        if (_sawUnawaited)
        {
            _sawUnawaited = false;
            if (!_hasToken && _config.Persistent)
            {
                // The server says more than it is asked: without a token, the next such message could pass for an answer.
                _link.EndProbe(AfterProbe.Close);
            }
        }

        _sawLeftOver = false;
        using var stop = stopping.UnsafeRegister(static link => ((IMessageLink)link!).Dispose(), _link);
        var exchange = new RequestExchange(_link, _timeout, _lateAfter, _time);
        var variables = new ProbeVariables(ProbeToken.Next(), ++_sequence, _time.GetUtcNow().ToUnixTimeMilliseconds());
        var result = await RunAsync(exchange, variables);
        _sawLateReply = false;
        _owesReply = exchange.AwaitsReply && result.Reason == FailureReason.ReplyTimeout;
        _link.EndProbe(Next(result, exchange));
        return result;
    }

    /// <inheritdoc />
    public void Dispose() => _link.Dispose();

    /// <inheritdoc />
    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        if (connectionEvent is ConnectionEvent.Connected or ConnectionEvent.HandshakeSucceeded)
        {
            Interlocked.Exchange(ref _unanswered, 0); // what was asked on another connection is not answered on this one
        }

        _observer.OnConnectionEvent(connectionEvent);
    }

    /// <inheritdoc />
    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
        _sawUnawaited = true;
        if (_owesReply)
        {
            _sawLateReply = true;
        }

        _observer.OnMessageReceived(message);
        CountStale();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ProbeResult> RunAsync(RequestExchange exchange, ProbeVariables variables)
    {
        var opened = await _link.OpenAsync(exchange.Deadline);
        if (opened.Kind != LinkOutcomeKind.Opened)
        {
            var error = opened.Error is { } failure ? OldPeer.Advise(failure, _target) : null;
            return exchange.Failed(opened with { Error = error }, isOpening: true);
        }

        if (_config.Socket == SocketType.Dealer && _link.Peer is { SocketType: "REP" } && CouldBlockRep(variables))
        {
            return exchange.Failed(new LinkOutcome(LinkOutcomeKind.Failed, _time.GetTimestamp(), Error: BlocksRep));
        }

        foreach (var step in _steps)
        {
            var request = step.Message(variables);
            exchange.Send(request);
            _observer.OnMessageSent(request);
            while (true)
            {
                var outcome = await exchange.ReceiveAsync();
                if (outcome.Kind != LinkOutcomeKind.Message)
                {
                    return outcome.Kind == LinkOutcomeKind.Failed ? exchange.Failed(outcome) : exchange.TimedOut(_sawLateReply);
                }

                _observer.OnMessageReceived(outcome.Message!);
                if (exchange.IsTooEarly(outcome.Timestamp))
                {
                    _sawUnawaited = true;
                    CountStale();
                    continue;
                }

                if (outcome.Timestamp > exchange.Deadline)
                {
                    exchange.Answered(outcome.Timestamp);
                    CountStale();
                    return exchange.TimedOut(_sawLateReply);
                }

                string? problem = null;
                var verdict = step.Until?.Judge(outcome.Message!, variables.Token, out problem) ?? ReplyVerdict.Accepted;
                if (verdict == ReplyVerdict.Refused && exchange.PassOver(problem!))
                {
                    continue;
                }

                if (verdict == ReplyVerdict.Accepted)
                {
                    verdict = step.Check.Judge(outcome.Message!, variables.Token, out problem);
                }

                var isLeftOver = verdict == ReplyVerdict.Refused && IsLeftOver();
                if (verdict == ReplyVerdict.Stale || isLeftOver)
                {
                    _sawLeftOver |= isLeftOver;
                    CountStale();
                    continue;
                }

                exchange.Answered(outcome.Timestamp);
                if (verdict == ReplyVerdict.Refused)
                {
                    return exchange.Refused(problem!);
                }

                break;
            }
        }

        return exchange.Accepted();
    }

    private bool CouldBlockRep(ProbeVariables variables) => !Array.TrueForAll(_steps, step => step.SuitsRep(variables));

    /// <summary>With tokens, a connection lives on after a timeout: a reply without any token may then answer one of the earlier requests.</summary>
    private bool IsLeftOver() => _hasToken && Volatile.Read(ref _unanswered) > 0;

    private void CountStale()
    {
        if (Volatile.Read(ref _unanswered) > 0)
        {
            Interlocked.Decrement(ref _unanswered);
        }

        _observer.OnStaleReply();
    }

    private AfterProbe Next(ProbeResult result, RequestExchange exchange)
    {
        if (result.Reason is null)
        {
            return _config.Persistent ? AfterProbe.Keep : AfterProbe.Close;
        }

        if (exchange.AwaitsReply && result.Reason == FailureReason.ReplyTimeout)
        {
            // Wrong replies without a token may be answers to earlier requests, but only until a connection is new.
            if (_hasToken && _config.Persistent && !_sawLeftOver)
            {
                Interlocked.Increment(ref _unanswered);
                return AfterProbe.Keep;
            }

            return AfterProbe.KeepForLateReply;
        }

        Interlocked.Exchange(ref _unanswered, 0);

        // A REQ got the one reply that there is; anybody else may still have more to say.
        return _config is { Persistent: true, Socket: SocketType.Req } && result.Reason == FailureReason.UnexpectedReply
            ? AfterProbe.Keep
            : AfterProbe.Close;
    }
}
