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

    // As long as a late reply is waited for at all.
    private static readonly TimeSpan DebtLimit = TimeSpan.FromMinutes(1);

    private readonly TargetConfig _target;
    private readonly RequestProberConfig _config;
    private readonly IProbeObserver _observer;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<RequestStep> _steps;
    private readonly IMessageLink _link;
    private readonly PingMemory _pings;
    private readonly LastAnswer _lastAnswer;
    private readonly bool _hasToken;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _lateAfter;
    private long _sequence;
    private int _unanswered;
    private Timestamp _unansweredSince;
    private Timestamp _lastEnd; // of a probe
    private Timestamp _debtor; // the connection that the debt belongs to, by when it was opened
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
        _steps = ModuleParts.StepsOf(_config);
        _hasToken = _steps.All(step => step.HasToken);
        _timeout = target.Module.Timeout;
        _lateAfter = target.Module.Policy.LateAfter;
        _lastAnswer = new LastAnswer(time);
        _pings = new PingMemory(time, target.Module.MaxConnectionAge);
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
        var exchange = new RequestExchange(_link, _pings, _timeout, _lateAfter, _lastEnd, _time);
        var variables = new ProbeVariables(ProbeToken.Next(), ++_sequence, _time.GetUtcNow().ToUnixTimeMilliseconds());
        var result = await RunAsync(exchange, variables);
        _sawLateReply = false;
        _owesReply = exchange.AwaitsReply && result.Reason == FailureReason.ReplyTimeout;
        if (exchange.AsksBeside)
        {
            exchange.TakeBeside(); // so that a late reply on either connection is counted
        }

        _link.EndProbe(Next(result, exchange));
        _lastEnd = Timestamp.Now(_time);
        _lastAnswer.Note(result);
        return result;
    }

    /// <inheritdoc />
    public void Dispose() => _link.Dispose();

    /// <inheritdoc />
    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent) => _observer.OnConnectionEvent(connectionEvent);

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
        _pings.Look(_link);
        var opened = await _link.OpenAsync(exchange.Deadline);
        if (opened.Kind != LinkOutcomeKind.Opened)
        {
            var error = opened.Error is { } failure ? _lastAnswer.Judge(OldPeer.Advise(failure, _target)) : null;
            return exchange.Failed(opened with { Error = error }, isOpening: true);
        }

        exchange.Opened(opened);
        ForgetOldDebts();
        if (_config.Socket == SocketType.Dealer && _link.Peer is { SocketType: "REP" } && CouldBlockRep(variables))
        {
            return exchange.Failed(new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: BlocksRep));
        }

        if (await ConverseAsync(exchange, variables) is { } result)
        {
            return result;
        }

        // The whole conversation begins again, once, on a fresh connection.
        opened = await _link.OpenAsync(exchange.Deadline);
        if (opened.Kind != LinkOutcomeKind.Opened)
        {
            return exchange.Failed(opened with { Error = opened.Error is { } failure ? _lastAnswer.Judge(failure) : null }, isOpening: true);
        }

        exchange.Reopened(opened);
        return await ConverseAsync(exchange, variables) ?? throw new InvalidOperationException("A conversation begins again once.");
    }

    /// <returns>The result, or null when the connection was lost in a way that lets the conversation begin again on a fresh one.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ProbeResult?> ConverseAsync(RequestExchange exchange, ProbeVariables variables)
    {
        for (var i = 0; i < _steps.Length; i++)
        {
            var request = _steps[i].Message(variables);
            exchange.Send(request);
            _observer.OnMessageSent(request);
            while (true)
            {
                var outcome = await exchange.ReceiveAsync();
                switch (outcome.Kind)
                {
                    case LinkOutcomeKind.Message:
                        break;
                    case LinkOutcomeKind.BesideOpened:
                        var first = _steps[0].Message(variables);
                        exchange.SendBeside(first, outcome);
                        _observer.OnMessageSent(first);
                        continue;
                    case LinkOutcomeKind.Failed when exchange.AsksBeside:
                        exchange.TakeBeside();
                        i = 0;
                        continue;
                    case LinkOutcomeKind.Failed:
                        return exchange.MayRetryAfter(outcome) ? null : exchange.Failed(outcome);
                    default:
                        return exchange.TimedOut(_sawLateReply);
                }

                _observer.OnMessageReceived(outcome.Message!);
                if (exchange.IsTooEarly(outcome))
                {
                    CountUnasked(exchange.IsKept && !outcome.IsBeside);
                    continue;
                }

                if (outcome.IsBeside)
                {
                    // What answers is the fresh connection: the conversation goes on there, with the reply to its first message.
                    exchange.TakeBeside();
                    i = 0;
                }

                var step = _steps[i];
                var isInTime = exchange.IsInTime(outcome);
                if (isInTime != true)
                {
                    exchange.Answered(outcome);
                    CountStale();
                    return isInTime is null ? exchange.Unknowable(outcome) : exchange.TimedOut(_sawLateReply);
                }

                string? problem = null;
                var verdict = step.Until?.Judge(outcome.Message!, variables.Token, out problem) ?? ReplyVerdict.Accepted;
                if (verdict is ReplyVerdict.Refused or ReplyVerdict.RefusedByName && exchange.PassOver(problem!))
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

                exchange.AnsweredInUse();
                exchange.Answered(outcome);
                if (verdict != ReplyVerdict.Accepted)
                {
                    return exchange.Refused(problem! + HintAt(exchange, outcome.Message!));
                }

                break;
            }
        }

        return exchange.Accepted();
    }

    // A message that crosses the first request of a connection cannot be told from its reply by time alone.
    private string HintAt(RequestExchange exchange, ZmtpMessage message) =>
        exchange.IsKept || _hasToken ? "" : UnaskedHint.Of(_config.Socket, message, exchange.IsUnacknowledged);

    /// <summary>A debt of lost replies ends with the connection, or in time.</summary>
    private void ForgetOldDebts()
    {
        if (_link.OpenedAt != _debtor || (_unansweredSince.IsSet && _unansweredSince.Elapsed(_time) > DebtLimit))
        {
            _debtor = _link.OpenedAt;
            Interlocked.Exchange(ref _unanswered, 0);
            _unansweredSince = Timestamp.None;
        }
    }

    private void CountUnasked(bool isKept)
    {
        if (isKept)
        {
            _sawUnawaited = true;
            CountStale();
        }
    }

    private bool CouldBlockRep(ProbeVariables variables) => !_steps.All(step => step.SuitsRep(variables));

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
            return !_config.Persistent || exchange.IsLost || result.Outcome == ProbeOutcome.Pending ? AfterProbe.Close
                : Volatile.Read(ref _unanswered) > 0 ? AfterProbe.KeepUnanswered : AfterProbe.Keep;
        }

        if (exchange.AwaitsReply && result.Reason == FailureReason.ReplyTimeout)
        {
            // A connection that gave no sign of life may be dead. And wrong replies without a token may be answers to earlier requests,
            // but only until a connection is new.
            if (_hasToken && _config.Persistent && !_sawLeftOver && exchange.IsProvenAlive)
            {
                Interlocked.Increment(ref _unanswered);
                _unansweredSince = Timestamp.Now(_time);
                return AfterProbe.KeepUnanswered;
            }

            return AfterProbe.KeepForLateReply;
        }

        Interlocked.Exchange(ref _unanswered, 0);

        // A REQ got the one reply that there is; anybody else may still have more to say.
        return _config is { Persistent: true, Socket: SocketType.Req } && result.Reason == FailureReason.UnexpectedReply
            ? AfterProbe.Keep
            : AfterProbe.Abort;
    }
}
