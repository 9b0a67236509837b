using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary><c>prober: subscribe</c>: stays subscribed, and at each probe judges what has come since the last one.</summary>
internal sealed class SubscribeProber : IProber, ISubscriptionObserver
{
    private const int MaxShownTopics = 3;

    private readonly TargetConfig _target;
    private readonly SubscribeProberConfig _config;
    private readonly IProbeObserver _observer;
    private readonly TimeProvider _time;
    private readonly ISubscriptionLink _link;
    private readonly SubscriptionIntake _intake;
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
        _intake = new SubscriptionIntake(_config, time);
        _link = client.CreateSubscription(target, _config.Topics, this);
    }

    /// <inheritdoc />
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        var watch = new SilenceWatch(_link, _intake, _config, _timeout, _time);
        var ended = await watch.WaitAsync();
        var result = ended switch
        {
            SilenceVerdict.Broken => Broken(watch.Error!, watch.IsOpening),
            SilenceVerdict.Waiting => Waiting(),
            SilenceVerdict.Fresh => Judge(),
            _ => Silent(ended),
        };

        // Without a PONG the connection may be half dead, and a new one is the only way to find out.
        _link.EndProbe(ended is SilenceVerdict.SilentAndFrozen or SilenceVerdict.SilentWithoutSign ? AfterProbe.Close : AfterProbe.Keep);
        return result with { Elapsed = _time.GetElapsedTime(watch.Start), Phases = watch.Phases, Peer = _link.Peer };
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
    void ISubscriptionObserver.OnSubscribed(long timestamp) => _intake.OnSubscribed(timestamp);

    /// <inheritdoc />
    int ISubscriptionObserver.KeptLength(int number) => _intake.KeptLength(number);

    /// <inheritdoc />
    void ISubscriptionObserver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast) =>
        _intake.OnFrame(number, head, length, isLast);

    /// <inheritdoc />
    void ISubscriptionObserver.OnFramesRead(long timestamp)
    {
        if (_intake.OnFramesRead(timestamp) is { } batch)
        {
            _observer.OnSubscriptionRead(batch);
        }
    }

    private static TimeSpan Tenths(TimeSpan duration) => TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds, 1));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private ProbeResult Broken(ZmtpError error, bool isOpening) => error.Code == ZmtpErrorCode.Local
        ? new ProbeResult { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError, Detail = error.Message }
        : Miss(ProbeFailures.Reason(error.Code), OldPeer.Advise(error, _target).Message, ProbeFailures.IsReachable(error.Code, _link.HasGreeted, isOpening));

    private ProbeResult Waiting() => new()
    {
        Outcome = ProbeOutcome.Pending,
        Detail = Text($"connected and subscribed, and no message yet: startup_grace gives it {Durations.Words(_config.StartupGrace)}"),
        Reachable = _link.SeesZmtp || _link.HasGreeted ? true : null,
    };

    private ProbeResult Silent(SilenceVerdict verdict)
    {
        var last = _intake.Look().LastMessage;
        var knock = _link.SeesZmtp ? "a ZMTP PING" : "a connection of the exporter's own client";
        var silence = last == 0
            ? Text($"no message came within {Durations.Words(_config.StartupGrace)} after the connect")
            : Text($"no message for {Durations.Words(Tenths(_time.GetElapsedTime(last)))}, and max_silence is {Durations.Words(_config.MaxSilence)}");
        return verdict switch
        {
            SilenceVerdict.SilentAndAlive => Miss(
                FailureReason.Silent, silence + $": the publisher is connected and its I/O thread answers {knock}, but {Nothing()}", true),
            SilenceVerdict.SilentAndFrozen => Miss(
                FailureReason.Silent, silence + $", and no answer to {knock} either: the process is frozen, or the network lost it", false),
            _ when !_link.SeesZmtp => Miss(
                FailureReason.Silent, silence + "; NetMQ sends no ZMTP PING, so whether the process lives is unknown", null),
            _ => Miss(FailureReason.Silent, silence + "; this peer may not know ZMTP PING, so whether its process lives is unknown", null),
        };
    }

    // Who subscribes to a topic sees nothing of the others: silence may be the publisher's, or a wrong topic of ours.
    private string Nothing()
    {
        if (_config.Topics.Any(topic => topic.IsEmpty))
        {
            return "it publishes nothing";
        }

        var shown = string.Join(", ", _config.Topics.Take(MaxShownTopics).Select(topic => Excerpt.Of(topic.AsSpan())));
        var more = _config.Topics.Length > MaxShownTopics ? ", …" : "";
        return $"nothing came under the {(_config.Topics.Length == 1 ? "topic" : "topics")} {shown}{more}: the publisher stands still, or publishes under other topics";
    }

    private ProbeResult Judge()
    {
        var view = _intake.Take();
        if (view.Problem is { } problem)
        {
            var which = view.Messages == 0 ? "the last message" : Text($"{view.Refused} of {view.Messages} messages, the first one");
            return Miss(FailureReason.UnexpectedReply, $"{which}: {problem}", true);
        }

        var now = _time.GetTimestamp();
        if (_config.MinRate is { } least && _time.GetElapsedTime(view.Opened, now) >= _config.RateWindow && _intake.PerSecond(now) is var rate && rate < least)
        {
            var detail = Text($"{rate:0.###} messages a second over {Durations.Words(_config.RateWindow)}, and min_rate is {least:0.###}");
            return Miss(FailureReason.Silent, detail, true); // too little, as silence is; what came was right
        }

        var isLate = view.Delay > _lateAfter;
        return new ProbeResult
        {
            Outcome = isLate ? ProbeOutcome.Late : ProbeOutcome.OnTime,
            Detail = isLate
                ? Text($"the last message was {view.Delay!.Value.TotalSeconds:0.000} s on its way, and late_after is {_lateAfter.TotalSeconds:0.###} s")
                : Text($"{view.Messages} {(view.Messages == 1 ? "message" : "messages")} since the last probe"),
            Reachable = true,
            Ready = true,
        };
    }

    private static ProbeResult Miss(FailureReason reason, string detail, bool? reachable) => new()
    {
        Outcome = ProbeOutcome.Miss,
        Reason = reason,
        Detail = detail,
        Reachable = reachable,
        Ready = false,
    };
}
