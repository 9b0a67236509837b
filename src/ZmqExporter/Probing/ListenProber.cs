using System.Globalization;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// <c>prober: listen</c>: judges the heartbeats that a server pushed, each by the interval that it announced. What did not come while this
/// process could not take it is nobody's fault but ours.
/// </summary>
internal sealed class ListenProber : IProber
{
    private readonly ListenProberConfig _config;
    private readonly string _service;
    private readonly TimeSpan _timeout;
    private readonly PushedBeats _beats;
    private readonly TimeProvider _time;
    private readonly PushedFeed _feed;
    private readonly PusherCheck _check;
    private readonly IProbeObserver _observer;
    private readonly Timestamp _start;

    /// <param name="target">What is expected.</param>
    /// <param name="beats">Brings it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="observer">Is notified of what came.</param>
    public ListenProber(TargetConfig target, PushedBeats beats, TimeProvider time, IProbeObserver observer)
    {
        _config = (ListenProberConfig)target.Module.Prober;
        _service = _config.ServiceOf(target.Name);
        _timeout = target.Module.Timeout;
        _beats = beats;
        _time = time;
        _check = new PusherCheck(target.Module, time);
        _observer = observer;
        _start = Timestamp.Now(time);
        _feed = new PushedFeed(_config, observer, time);
        beats.Add(_service, _feed);
    }

    private string Named => Quoted.Text(_service);

    /// <inheritdoc />
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        var start = Timestamp.Now(_time);
        var listener = _beats.Listener;
        var result = listener is null
            ? ProbeResult.Local("the exporter takes no heartbeats: start it with --heartbeat.listen-address")
            : await JudgeAsync(listener, start + _timeout, stopping);
        if (listener?.Problem is { } problem && result is { Reason: FailureReason.Silent } or { Outcome: ProbeOutcome.Pending })
        {
            result = ProbeResult.Local(problem); // what did come, came by another address
        }

        if (result.Outcome == ProbeOutcome.Miss)
        {
            _feed.ForgetValues();
        }

        return result with
        {
            Ready = result.Outcome switch
            {
                ProbeOutcome.OnTime => true,
                ProbeOutcome.Miss => false,
                _ => null,
            },
            Values = result.Outcome == ProbeOutcome.OnTime ? _feed.TakeValues() : null,
            Elapsed = start.Elapsed(_time),
        };
    }

    /// <inheritdoc />
    public void Dispose() => _beats.Remove(_service, _feed);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private async ValueTask<ProbeResult> JudgeAsync(IPushListener listener, Timestamp deadline, CancellationToken stopping)
    {
        var life = PusherLife.NotAsked;
        if (StateOf(_feed.Times, _feed.Sender, listener) == FeedState.Silent)
        {
            // What is in the sockets has come, however late we read it.
            try
            {
                await listener.ReadAllAsync().WaitAsync(_timeout, _time, stopping);
            }
            catch (TimeoutException)
            {
                return ProbeResult.Local($"what was pushed could not be read within {Durations.Words(_timeout)}: this process is too busy to say who is silent");
            }

            if (StateOf(_feed.Times, _feed.Sender, listener) == FeedState.Silent && _check.MayAsk(_feed.Sender))
            {
                life = await _check.AskAsync(_feed.Sender!, listener, deadline, stopping);
            }
        }

        var (view, sender, instance) = _feed.Take();
        if (!view.Feed.LastSign.IsSet && Earlier(listener) is { } earlier)
        {
            return earlier;
        }

        return StateOf(view.Feed, sender, listener) switch
        {
            FeedState.Waiting => ProbeResult.Pending(Waiting(listener), reachable: null),
            FeedState.Reprieved => ProbeResult.Pending(Reprieved(view.Feed, sender, listener), reachable: null),
            FeedState.Silent => Silent(view.Feed, sender, instance, life),
            _ => Fresh(view, sender, instance),
        };
    }

    private ProbeResult? Earlier(IPushListener listener) => _observer.LastBeat is not { } beat ? null
        : new EarlierBeat(beat, TimeSpan.Max(TimeSpan.Zero, _time.GetUtcNow() - beat.At), _config, Named)
            .Judge(Timestamp.Max(listener.AvailableSince, listener.KeptAwayAt).Elapsed(_time));

    private ProbeResult Fresh(SubscriptionView view, PushSender? sender, string? instance)
    {
        _check.OnFresh(view.Feed.LastSign);
        return SubscriptionWords.Refused(view) is { } refused
            ? ProbeResult.Miss(FailureReason.UnexpectedReply, $"{refused}; {From(sender, instance)}", reachable: null)
            : ProbeResult.Answer(ProbeOutcome.OnTime, $"{Came(view)}; {From(sender, instance)}", reachable: null);
    }

    // Our own acts are no evidence: what did not come while it could not is not missed yet.
    private FeedState StateOf(FeedTimes feed, PushSender? sender, IPushListener listener)
    {
        var now = Timestamp.Now(_time);
        if (feed.LastSign.IsSet)
        {
            var since = Timestamp.Max(listener.AvailableSince, sender?.HinderedAt ?? listener.KeptAwayAt);
            return now <= feed.FreshUntil ? FeedState.Fresh
                : since > feed.LastSign && now <= since + MaxSilence(feed) ? FeedState.Reprieved
                : FeedState.Silent;
        }

        return now <= ExpectedSince(listener) + _config.Feed.StartupGrace ? FeedState.Waiting : FeedState.Silent;
    }

    // Who has never come may be anybody who was kept away.
    private Timestamp ExpectedSince(IPushListener listener) => Timestamp.Max(_start, Timestamp.Max(listener.AvailableSince, listener.KeptAwayAt));

    private static TimeSpan MaxSilence(FeedTimes feed) => feed.FreshUntil - feed.LastSign;

    private string Waiting(IPushListener listener)
    {
        var since = ExpectedSince(listener);
        var what = since == _start ? "it has been expected since"
            : since == listener.AvailableSince ? "the exporter itself could take none until"
            : "the exporter turned peers away until";
        return Text($"no heartbeat of {Named} yet, and {what} {Rounded(since)} ago: startup_grace gives it {Durations.Words(_config.Feed.StartupGrace)}");
    }

    private string Reprieved(FeedTimes feed, PushSender? sender, IPushListener listener)
    {
        var hindered = sender?.HinderedAt ?? listener.KeptAwayAt;
        var (since, what) = listener.AvailableSince >= hindered ? (listener.AvailableSince, "the exporter itself could take none until")
            : hindered == sender?.ClosedAt ? (hindered, "the exporter itself ended its connection")
            : (hindered, "its connection had ended, and the exporter turned peers away until");
        var why = hindered == sender?.ClosedAt && since == hindered ? $" ({sender.Why})" : "";
        return Text($"no heartbeat of {Named} for {Rounded(feed.LastSign)}, but {what} {Rounded(since)} ago{why}: it is silent if none comes within {Durations.Words(MaxSilence(feed))} of then");
    }

    private ProbeResult Silent(FeedTimes feed, PushSender? sender, string? instance, PusherLife life)
    {
        if (!feed.LastSign.IsSet)
        {
            return ProbeResult.Miss(FailureReason.Silent, NeverCame(), reachable: null);
        }

        var silence = Overdue(Text($"no heartbeat of {Named} for {Rounded(feed.LastSign)}"), feed.Interval) + $"; the last one {From(sender, instance)}";
        return sender is null or { ClosedAt.IsSet: true }
            ? ProbeResult.Miss(FailureReason.Silent, silence + Ended(sender), reachable: null)
            : life.Judge(silence, _check.WhyNotAsked(sender));
    }

    private string NeverCame() => Text(
        $"no heartbeat of {Named} came since the exporter began to expect it, {Rounded(_start)} ago, and startup_grace is {Durations.Words(_config.Feed.StartupGrace)}: it was never started, pushes to another address or under another name, or was refused (the exporter's log and zmq_exporter_heartbeats_refused_total tell)");

    // A heartbeat that could not be read announced nothing.
    private static string Overdue(string silence, TimeSpan? interval) => interval is { } announced ? SubscriptionWords.Overdue(silence, announced) : silence;

    private string Came(SubscriptionView view) => view.Messages == 0
        ? Text($"no heartbeat since the last probe, and none is overdue: the last one came {Rounded(view.Feed.LastSign)} ago")
        : Text($"{view.Messages} {(view.Messages == 1 ? "heartbeat" : "heartbeats")} since the last probe");

    private static string From(PushSender? sender, string? instance) =>
        $"came from {sender?.Peer.Words ?? "somebody"}{(instance is null ? "" : $", instance {instance}")}";

    private string Ended(PushSender? sender)
    {
        if (sender is null)
        {
            return "";
        }

        var atPing = _check.Look(sender) ? ", at our ZMTP PING: it does not know that command and gets no more" : "";
        return Text($", and that connection ended {Rounded(sender.ClosedAt)} ago: {sender.Why}{atPing}");
    }

    private string Rounded(Timestamp timestamp) => SubscriptionWords.Rounded(timestamp.Elapsed(_time));
}
