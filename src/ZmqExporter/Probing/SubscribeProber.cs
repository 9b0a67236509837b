using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary><c>prober: subscribe</c>: stays subscribed, and at each probe judges what has come since the last one, and whether the publisher's process lives.</summary>
internal sealed class SubscribeProber : IProber, ISubscriptionObserver
{
    // Of each frame of a message that fails an expect.
    private const int MaxShown = 256;
    private const int MaxWhole = 64 * 1024;

    private readonly TargetConfig _target;
    private readonly SubscribeProberConfig _config;
    private readonly IProbeObserver _observer;
    private readonly TimeProvider _time;
    private readonly ISubscriptionLink _link;
    private readonly SubscriptionIntake _intake;
    private readonly FeedTap? _tap;
    private readonly LivenessMemory _memory;
    private readonly LastAnswer _lastAnswer;
    private readonly SubscriptionWords _words;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _lateAfter;
    private int _misses; // in a row, as many as make the target down at most
    private ImmutableArray<UnmappedSource>? _unmapped; // by the last probe that saw the feed

    public SubscribeProber(TargetConfig target, LinkOptions options, IMessageClient client, TimeProvider time, IProbeObserver observer)
    {
        _target = target;
        _config = (SubscribeProberConfig)target.Module.Prober;
        _observer = observer;
        _time = time;
        _timeout = target.Module.Timeout;
        _lateAfter = target.Module.Policy.LateAfter;
        _lastAnswer = new LastAnswer(time);
        _memory = new LivenessMemory(new PingMemory(time, target.Module.MaxConnectionAge));
        _intake = new SubscriptionIntake(_config, time, !observer.ShowsMessages ? 0 : observer.ShowsWholeMessages ? MaxWhole : MaxShown);
        _tap = FeedTap.For(observer);
        _link = client.CreateSubscription(options, this);
        _words = new SubscriptionWords(target.Module, _link, _memory, time);
    }

    /// <inheritdoc />
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        var watch = new SilenceWatch(_link, _intake, _memory, _timeout, _time);
        await watch.WaitAsync();
        var result = watch.Error is { } error ? Broken(error, watch.IsOpening) : Judge(watch);
        _lastAnswer.Note(result);
        NoteOutage(result);
        _memory.Seen = _intake.Look().Feed.Total;
        if (watch.Error is null && result.Outcome == ProbeOutcome.Miss && (watch.Liveness.IsMute || watch.Liveness.WantsRenewal))
        {
            // Without a PONG the connection may be half dead, and a new one is the only way to find out.
            if (watch.Liveness.IsMute)
            {
                _intake.OnRenewing(wasDead: true);
            }
            else
            {
                _intake.OnDoubted();
            }

            _link.EndProbe(AfterProbe.Abort);
        }
        else
        {
            _link.EndProbe(_intake.MayRenew(Timestamp.Now(_time)) ? AfterProbe.Keep : AfterProbe.KeepUnanswered);
        }

        return Ended(result, watch);
    }

    /// <inheritdoc />
    public void Dispose() => _link.Dispose();

    /// <inheritdoc />
    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent) => _observer.OnConnectionEvent(connectionEvent);

    /// <inheritdoc />
    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
        // They come frame by frame.
    }

    /// <inheritdoc />
    void ISubscriptionObserver.OnSubscribed(Timestamp timestamp, SubscriptionCause cause)
    {
        _intake.OnSubscribed(timestamp, cause);
        if (cause == SubscriptionCause.Connected)
        {
            _memory.Pings.OnConnected();
        }
    }

    /// <inheritdoc />
    void ISubscriptionObserver.OnAhead(Timestamp opened) => _intake.OnAhead(opened);

    /// <inheritdoc />
    int ISubscriptionObserver.KeptLength(int number) => _tap is null ? _intake.KeptLength(number) : Math.Max(_intake.KeptLength(number), FeedTap.KeptLength);

    /// <inheritdoc />
    void ISubscriptionObserver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        var isShown = _tap?.OnFrame(number, head, length, isLast) ?? false;
        _intake.OnFrame(number, head, length, isLast, isShown);
    }

    /// <inheritdoc />
    void ISubscriptionObserver.OnFramesRead(Timestamp timestamp)
    {
        if (_intake.OnFramesRead(timestamp) is { } batch)
        {
            _observer.OnSubscriptionRead(batch);
        }

        foreach (var report in _intake.TakeReports())
        {
            _observer.OnHeartbeat(report);
        }
    }

    /// <summary>Adds what every result of such a probe tells: whether the feed is that of a healthy publisher.</summary>
    private ProbeResult Ended(ProbeResult result, SilenceWatch watch) => result with
    {
        Ready = result.Outcome switch
        {
            ProbeOutcome.OnTime or ProbeOutcome.Late => true,
            ProbeOutcome.Miss => false,
            _ => null,
        },
        Values = result.Outcome is ProbeOutcome.OnTime or ProbeOutcome.Late ? _intake.TakeValues() : null,
        Unmapped = watch.Error is null ? _unmapped : null,
        Elapsed = watch.Start.Elapsed(_time),
        Phases = watch.Phases,
        Peer = _link.Peer,
    };

    // While the target is down, nothing that came before counts, whatever the reason.
    private void NoteOutage(ProbeResult result)
    {
        _misses = result.Outcome switch
        {
            ProbeOutcome.Miss => Math.Min(_misses + 1, _target.Module.Policy.DownAfter),
            ProbeOutcome.Pending => _misses,
            _ => 0,
        };
        if (_misses == _target.Module.Policy.DownAfter)
        {
            _intake.OnDown();
        }
    }

    private ProbeResult Broken(ZmtpError error, bool isOpening)
    {
        if (isOpening && error.Code != ZmtpErrorCode.Local)
        {
            _intake.OnGone();
        }

        var detail = _lastAnswer.Judge(OldPeer.Advise(error, _target)).Message;
        return ProbeFailures.ResultOf(error, detail, _link.HasGreeted, isOpening);
    }

    private ProbeResult Judge(SilenceWatch watch)
    {
        var (liveness, state) = (watch.Liveness, watch.State);
        var view = _intake.Take();
        _unmapped = view.Unmapped;
        if (view.RefusedMessage is { } refused)
        {
            _observer.OnRefusedMessage(refused);
        }

        if (liveness.IsMute && (_link.SeesZmtp || state == FeedState.Silent))
        {
            return _words.Mute(view.Feed, state, liveness).ToResult();
        }

        if (state is FeedState.Fresh or FeedState.Silent)
        {
            _intake.OnVerdict(isSilent: state == FeedState.Silent);
        }

        var reachable = Reachable(state, liveness);
        return state switch
        {
            FeedState.Silent => ProbeResult.Miss(FailureReason.Silent, _words.Silent(view.Feed, liveness), reachable),
            FeedState.Waiting => ProbeResult.Pending(_words.Waiting(view.Feed), reachable),
            _ when Problem(view) is { } problem => ProbeResult.Miss(problem.Reason, problem.Detail, reachable),
            _ when WasDead(liveness) => ProbeResult.Answer(ProbeOutcome.Late, SubscriptionWords.Replaced(liveness.IsReset), reachable),
            FeedState.Reprieved => ProbeResult.Pending(_words.Reprieved(view.Feed), reachable),
            _ when _config.Heartbeat is null && view.Delay > _lateAfter => ProbeResult.Answer(
                ProbeOutcome.Late,
                DelayWords.TooLong(view.Delay!.Value, _lateAfter),
                reachable),
            _ => ProbeResult.Answer(ProbeOutcome.OnTime, _words.Fresh(view, liveness), reachable),
        };
    }

    // A probe that was reset at a PING, by a server that is not known for that, had a connection that somebody on the way had forgotten.
    private bool WasDead(LivenessCheck liveness) => liveness.IsReplaced || (liveness.IsReset && !_memory.Pings.EndsAtPing);

    private bool? Reachable(FeedState state, LivenessCheck liveness) => liveness switch
    {
        { Sign: not SignOfLife.None } => true,
        { Fresh: { IsLocal: false } fresh } => fresh.IsReachable,
        _ when _link.SeesZmtp => null,
        _ => state == FeedState.Fresh || (state == FeedState.Waiting && _link.HasGreeted) ? true : null,
    };

    private (FailureReason Reason, string Detail)? Problem(SubscriptionView view)
    {
        if (SubscriptionWords.Refused(view) is { } refused)
        {
            return (FailureReason.UnexpectedReply, refused);
        }

        // The rate counts what the feed sends by itself, so a window has to pass since that began. Too little is as silence is; what came was right.
        return _intake.RateProblem(Timestamp.Now(_time), Timestamp.Max(view.Feed.Opened, view.Feed.BurstEnd)) is { } rate ? (FailureReason.Silent, rate) : null;
    }
}
