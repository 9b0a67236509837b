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
        _start = Timestamp.Now(time);
        _feed = new PushedFeed(_config, observer, time);
        beats.Add(_service, _feed);
    }

    private string Named => Quoted.Text(_service);

    /// <inheritdoc />
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        var start = Timestamp.Now(_time);
        var result = _beats.Listener switch
        {
            null => ProbeResult.Local("the exporter takes no heartbeats: start it with --heartbeat.listen-address"),
            { Problem: { } problem } => ProbeResult.Local(problem),
            var listener => await JudgeAsync(listener, stopping),
        };
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

    private async ValueTask<ProbeResult> JudgeAsync(IPushListener listener, CancellationToken stopping)
    {
        // What is in the sockets has come, however late we read it.
        if (StateOf(_feed.Times, listener) == FeedState.Silent)
        {
            try
            {
                await listener.ReadAllAsync().WaitAsync(_timeout, _time, stopping);
            }
            catch (TimeoutException)
            {
                return ProbeResult.Local($"what was pushed could not be read within {Durations.Words(_timeout)}: this process is too busy to say who is silent");
            }
        }

        var (view, sender, instance) = _feed.Take();
        return StateOf(view.Feed, listener) switch
        {
            FeedState.Waiting => ProbeResult.Pending(Waiting(listener), reachable: null),
            FeedState.Reprieved => ProbeResult.Pending(Reprieved(view.Feed, listener), reachable: null),
            FeedState.Silent => ProbeResult.Miss(FailureReason.Silent, Silent(view.Feed, sender, instance), reachable: null),
            _ when SubscriptionWords.Refused(view) is { } refused => ProbeResult.Miss(FailureReason.UnexpectedReply, $"{refused}; {From(sender, instance)}", reachable: null),
            _ => ProbeResult.Answer(ProbeOutcome.OnTime, Fresh(view, sender, instance), reachable: null),
        };
    }

    private FeedState StateOf(FeedTimes feed, IPushListener listener)
    {
        var now = Timestamp.Now(_time);
        var since = listener.AvailableSince;
        if (feed.LastSign.IsSet)
        {
            return now <= feed.FreshUntil ? FeedState.Fresh
                : since > feed.LastSign && now <= since + MaxSilence(feed) ? FeedState.Reprieved
                : FeedState.Silent;
        }

        return now <= Timestamp.Max(_start, since) + _config.Feed.StartupGrace ? FeedState.Waiting : FeedState.Silent;
    }

    private static TimeSpan MaxSilence(FeedTimes feed) => feed.FreshUntil - feed.LastSign;

    private string Waiting(IPushListener listener)
    {
        var what = listener.AvailableSince > _start ? "the exporter itself could take none until" : "it has been expected since";
        return Text($"no heartbeat of {Named} yet, and {what} {Rounded(Timestamp.Max(_start, listener.AvailableSince))} ago: startup_grace gives it {Durations.Words(_config.Feed.StartupGrace)}");
    }

    private string Reprieved(FeedTimes feed, IPushListener listener) => Text(
        $"no heartbeat of {Named} for {Rounded(feed.LastSign)}, but the exporter itself could take none until {Rounded(listener.AvailableSince)} ago: it is silent if none comes within {Durations.Words(MaxSilence(feed))} of then");

    private string Silent(FeedTimes feed, PushSender? sender, string? instance) => !feed.LastSign.IsSet
        ? Text($"no heartbeat of {Named} came since the exporter began to expect it, {Rounded(_start)} ago, and startup_grace is {Durations.Words(_config.Feed.StartupGrace)}: it was never started, pushes to another address or under another name, or was refused (the exporter's log and zmq_exporter_heartbeats_refused_total tell)")
        : Overdue(Text($"no heartbeat of {Named} for {Rounded(feed.LastSign)}"), feed.Interval)
        + Text($"; the last one {From(sender, instance)}{Connection(sender)}");

    // A heartbeat that could not be read announced nothing.
    private static string Overdue(string silence, TimeSpan? interval) => interval is { } announced ? SubscriptionWords.Overdue(silence, announced) : silence;

    private string Fresh(SubscriptionView view, PushSender? sender, string? instance)
    {
        var count = view.Messages == 0 ? Text($"no heartbeat since the last probe, and none is overdue: the last one came {Rounded(view.Feed.LastSign)} ago")
            : Text($"{view.Messages} {(view.Messages == 1 ? "heartbeat" : "heartbeats")} since the last probe");
        return $"{count}; {From(sender, instance)}";
    }

    private static string From(PushSender? sender, string? instance) =>
        $"came from {sender?.Words ?? "somebody"}{(instance is null ? "" : $", instance {instance}")}";

    private string Connection(PushSender? sender) => sender switch
    {
        null => "",
        { ClosedAt.IsSet: true } => Text($", and that connection ended {Rounded(sender.ClosedAt)} ago: {sender.Why}"),
        _ => ", and nobody has closed that connection: its process does not come to its beat or is frozen, or its host was lost",
    };

    private string Rounded(Timestamp timestamp) => SubscriptionWords.Rounded(timestamp.Elapsed(_time));
}
