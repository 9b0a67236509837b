using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary><c>prober: subscribe</c>: stays subscribed, and at each probe judges what has come since the last one, and whether the publisher's process lives.</summary>
internal sealed class SubscribeProber : IProber, ISubscriptionObserver
{
    private readonly TargetConfig _target;
    private readonly SubscribeProberConfig _config;
    private readonly IProbeObserver _observer;
    private readonly TimeProvider _time;
    private readonly ISubscriptionLink _link;
    private readonly SubscriptionIntake _intake;
    private readonly LivenessMemory _memory;
    private readonly LastAnswer _lastAnswer;
    private readonly SubscriptionWords _words;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _lateAfter;

    public SubscribeProber(TargetConfig target, IMessageClient client, TimeProvider time, IProbeObserver observer)
    {
        _target = target;
        _config = (SubscribeProberConfig)target.Module.Prober;
        _observer = observer;
        _time = time;
        _timeout = target.Module.Timeout;
        _lateAfter = target.Module.Policy.LateAfter;
        _lastAnswer = new LastAnswer(time);
        _memory = new LivenessMemory(new PingMemory(time, target.Module.MaxConnectionAge));
        _intake = new SubscriptionIntake(_config, time);
        _link = client.CreateSubscription(target, [.. _config.Topics.Select(topic => topic.Items)], this);
        _words = new SubscriptionWords(target.Module, _link, _memory, time);
    }

    /// <inheritdoc />
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        var watch = new SilenceWatch(_link, _intake, _memory, _config, _timeout, _time);
        await watch.WaitAsync();
        var result = watch.Error is { } error ? Broken(error, watch.IsOpening) : Judge(watch);
        _lastAnswer.Note(result);
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

        return result with { Elapsed = watch.Start.Elapsed(_time), Phases = watch.Phases, Peer = _link.Peer };
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
    int ISubscriptionObserver.KeptLength(int number) => _intake.KeptLength(number);

    /// <inheritdoc />
    void ISubscriptionObserver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast) =>
        _intake.OnFrame(number, head, length, isLast);

    /// <inheritdoc />
    void ISubscriptionObserver.OnFramesRead(Timestamp timestamp)
    {
        if (_intake.OnFramesRead(timestamp) is { } batch)
        {
            _observer.OnSubscriptionRead(batch);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private ProbeResult Broken(ZmtpError error, bool isOpening)
    {
        if (error.Code == ZmtpErrorCode.Local)
        {
            return Local(error.Message, error.IsHeldBack);
        }

        if (isOpening)
        {
            _intake.OnGone();
        }

        return Miss(ProbeFailures.Reason(error.Code), _lastAnswer.Judge(OldPeer.Advise(error, _target)).Message, ProbeFailures.IsReachable(error.Code, _link.HasGreeted, isOpening));
    }

    private ProbeResult Judge(SilenceWatch watch)
    {
        var (liveness, state) = (watch.Liveness, watch.State);
        var view = _intake.Take();
        if (liveness.IsMute && (_link.SeesZmtp || state == FeedState.Silent))
        {
            return Mute(view.Feed, state, liveness);
        }

        if (state is FeedState.Fresh or FeedState.Silent)
        {
            _intake.OnVerdict(isSilent: state == FeedState.Silent);
        }

        var reachable = Reachable(state, liveness);
        return state switch
        {
            FeedState.Silent => Miss(FailureReason.Silent, _words.Silent(view.Feed, liveness), reachable),
            FeedState.Waiting => Pending(_words.Waiting(view.Feed), reachable),
            _ when Problem(view) is { } problem => Miss(problem.Reason, problem.Detail, reachable),
            _ when WasDead(liveness) => Answer(ProbeOutcome.Late, SubscriptionWords.Replaced(liveness.IsReset), reachable),
            FeedState.Reprieved => Pending(_words.Reprieved(view.Feed), reachable),
            _ when view.Delay > _lateAfter => Answer(
                ProbeOutcome.Late,
                DelayWords.TooLong(view.Delay!.Value, _lateAfter),
                reachable),
            _ => Answer(ProbeOutcome.OnTime, _words.Fresh(view, liveness), reachable),
        };
    }

    // Who was reset at a PING and is not known for that had a connection that somebody on the way had forgotten.
    private bool WasDead(LivenessCheck liveness) => liveness.IsReplaced || (liveness.IsReset && !_memory.Pings.EndsAtPing);

    private bool? Reachable(FeedState state, LivenessCheck liveness) => liveness switch
    {
        { Sign: not SignOfLife.None } => true,
        { Fresh: { IsLocal: false } fresh } => fresh.IsReachable,
        _ when _link.SeesZmtp => null,
        _ => state == FeedState.Fresh || (state == FeedState.Waiting && _link.HasGreeted) ? true : null,
    };

    private ProbeResult Mute(FeedTimes feed, FeedState state, LivenessCheck liveness)
    {
        var mute = _words.Mute(feed, state, liveness);
        return mute.Reason == FailureReason.LocalError ? Local(mute.Detail, mute.IsHeldBack) : Miss(mute.Reason, mute.Detail, mute.Reachable);
    }

    private (FailureReason Reason, string Detail)? Problem(SubscriptionView view)
    {
        if (view.Problem is { } problem)
        {
            var which = view.Messages == 0 ? "the last message" : Text($"{view.Refused} of {view.Messages} messages, the first one");
            return (FailureReason.UnexpectedReply, $"{which}: {problem}");
        }

        // The rate counts what the feed sends by itself, so a window has to pass since that began.
        var now = Timestamp.Now(_time);
        var begin = Timestamp.Max(view.Feed.Opened, view.Feed.BurstEnd);
        if (_config.MinRate is { } least && now - begin >= _config.RateWindow && _intake.PerSecond(now) is var rate && rate < least)
        {
            // Too little, as silence is; what came was right.
            return (FailureReason.Silent, Text($"{rate:0.###} messages a second over {Durations.Words(_config.RateWindow)}, and min_rate is {least:0.###}"));
        }

        return null;
    }

    private static ProbeResult Local(string detail, bool isHeldBack) =>
        new() { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError, Detail = detail, IsHeldBack = isHeldBack };

    private static ProbeResult Pending(string detail, bool? reachable) =>
        new() { Outcome = ProbeOutcome.Pending, Detail = detail, Reachable = reachable };

    private static ProbeResult Answer(ProbeOutcome outcome, string detail, bool? reachable) =>
        new() { Outcome = outcome, Detail = detail, Reachable = reachable, Ready = true };

    private static ProbeResult Miss(FailureReason reason, string detail, bool? reachable) =>
        new() { Outcome = ProbeOutcome.Miss, Reason = reason, Detail = detail, Reachable = reachable, Ready = false };
}
