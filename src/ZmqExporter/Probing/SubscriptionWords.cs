using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using ZmqExporter.Messaging;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary>What a subscription's verdicts say to people: what was seen, and by which evidence.</summary>
internal sealed class SubscriptionWords(ModuleConfig module, IMessageLink link, LivenessMemory memory, TimeProvider time)
{
    private const int MaxShownTopics = 3;

    private readonly SubscribeProberConfig _config = (SubscribeProberConfig)module.Prober;

    private string Question => link.SeesZmtp ? "a ZMTP PING" : "a connection of the exporter's own client";

    /// <summary>Of a feed that has just connected.</summary>
    public string Waiting(FeedTimes feed) => Text(
        $"connected and subscribed, and no message yet{(feed.InBurst > 0 ? Text($" but {OurDoing(feed)}") : "")}: startup_grace gives it {Durations.Words(_config.StartupGrace)}");

    /// <summary>Of a feed that may have sent a message which a renewed connection lost.</summary>
    public string Reprieved(FeedTimes feed)
    {
        var burst = feed.InBurst > 0 ? Text($", and all that came since was {OurDoing(feed)}") : "";
        return Text(
            $"{Silence(feed)}, but the connection was renewed {Ago(feed.Opened)}, and a message may have been lost with the old one{burst}: it is silent if no other comes within max_silence");
    }

    /// <summary>Of a feed that is well.</summary>
    public string Fresh(SubscriptionView view, LivenessCheck liveness)
    {
        if (view.Messages > 0)
        {
            return Text($"{view.Messages} {(view.Messages == 1 ? "message" : "messages")} since the last probe");
        }

        var last = Text($"no message since the last probe, the last one came {Ago(view.Feed.LastMessage)}");
        return liveness.Sign switch
        {
            SignOfLife.Pong => Text($"{last}; {Question} was answered"),
            SignOfLife.Handshake => last + "; a fresh handshake succeeded",
            _ when link.SeesZmtp => Text($"{last}; whether the process lives now is unknown: {WhyNotAsked()}"),
            _ => last,
        };
    }

    /// <summary>Of a connection that had died in silence.</summary>
    public static string Replaced(bool isReset) => isReset
        ? "the kept connection was dead: it was reset at the first thing that we sent on it, a ZMTP PING, and a fresh one completed its handshake; " + Forgotten
        : "the kept connection was dead: a ZMTP PING on it was not answered, and a fresh one beside it completed its handshake; " + Forgotten;

    /// <summary>Of a process that answers nothing.</summary>
    public MuteConnection Mute(FeedTimes feed, FeedState state, LivenessCheck liveness)
    {
        var (start, reason) = state == FeedState.Silent ? (Silence(feed), FailureReason.Silent) : ("no message since the last probe", FailureReason.ReplyTimeout);
        return link.SeesZmtp
            ? MuteConnection.Judge(
                Text($"{start}, and no answer to a ZMTP PING within {Durations.Words(module.Timeout)}"), liveness.Silence, reason)
            : MuteConnection.Judge(Text($"{start}, and no answer to {Question} either"), silence: default, reason);
    }

    /// <summary>Of messages that fail an <c>expect</c>; null when none does.</summary>
    public static string? Refused(SubscriptionView view) => view.Problem is not { } problem ? null
        : (view.Messages == 0 ? "the last message" : Text($"{view.Refused} of {view.Messages} messages, the first one")) + problem;

    /// <summary>Of heartbeats that stay away.</summary>
    /// <param name="silence">What stays away, and for how long: "no heartbeat for 5 s".</param>
    /// <param name="interval">What the last one announced.</param>
    public static string Overdue(string silence, TimeSpan interval) => Text(
        $"{silence}, and the last one said that the next comes within {Durations.Words(interval)}: two intervals and a grace, {Durations.Words(HeartbeatProtocol.MaxSilence(interval))}, are over");

    /// <summary>A duration to a tenth of a second.</summary>
    public static string Rounded(TimeSpan duration) => Durations.Words(TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds, 1)));

    /// <summary>Of a feed that sends nothing.</summary>
    public string Silent(FeedTimes feed, LivenessCheck liveness)
    {
        var silence = Silence(feed);
        var dead = liveness.IsReplaced ? "; the kept connection was dead, and a fresh one has taken its place"
            : liveness.HasDoubted ? ", or the old connection had died: it was replaced, and what comes on the fresh one tells" : "";
        var life = liveness.Sign switch
        {
            SignOfLife.Pong => Text($": the publisher is connected and its I/O thread answers {Question}"),
            SignOfLife.Handshake => ": a fresh handshake succeeded, so the process lives",
            SignOfLife.Message => ": the process lives",
            _ => null,
        };
        if (life is not null)
        {
            return Text($"{silence}{life}, but {(feed.InBurst > 0 ? Text($"all that came was {OurDoing(feed)}") : Nothing())}{dead}");
        }

        var burst = feed.InBurst > 0 ? Text($"; all that came was {OurDoing(feed)}") : "";
        return silence + burst + liveness.Fresh switch
        {
            { IsLocal: true } fresh => Text($"; whether the process lives is unknown: {fresh.Error.Message}"),
            { IsMute: false } fresh => Text($"; of a fresh connection the verdict is: {fresh.Error.Message}"),
            { } fresh => Text($"; a fresh connection failed, so the process is gone or frozen, or the network lost it: {fresh.Error.Message}"),
            null when !link.SeesZmtp => "; NetMQ sends no ZMTP PING, so whether the process lives is unknown",
            null => Text($"; whether the process lives now is unknown: {WhyNotAsked()}, and {LastHandshake(feed)}"),
        };
    }

    private const string Forgotten =
        "a NAT, a proxy or a load balancer forgot it while it was idle, or what answers behind a load balancer changed; what was published since then is lost, and an interval that is shorter than the idle limit keeps it open";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private string Silence(FeedTimes feed) => !feed.LastSign.IsSet
        ? Text($"no {Message} came within {Durations.Words(_config.StartupGrace)} after the connect")
        : feed.Interval is { } interval
        ? Overdue(Text($"no heartbeat for {Since(feed.LastSign)}"), interval)
        : Text($"no message for {Since(feed.LastSign)}, and max_silence is {Durations.Words(_config.MaxSilence)}");

    private string Message => _config.Heartbeat is null ? "message" : "heartbeat";

    private string OurDoing(FeedTimes feed)
    {
        var what = feed.InBurst == 1 ? Text($"a message {Ago(feed.LastMessage)}") : Text($"{feed.InBurst} messages, the last one {Ago(feed.LastMessage)}");
        return Text($"{what}, right after a reconnect of ours: it may be a cached value or a welcome message, so it is no sign that the feed lives");
    }

    // A subscriber of a topic sees nothing of the others: silence may be the publisher's, or a wrong topic of ours.
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

    private string WhyNotAsked() => memory.Pings.WhyNotAsked(module.Ping, link.Peer is not { VersionMajor: 3, VersionMinor: 0 });

    private string LastHandshake(FeedTimes feed) => memory is { LastError: { } error } && memory.LastAttempt > feed.Opened
        ? Text($"a fresh connection {Ago(memory.LastAttempt)} failed: {error.Message}")
        : Text($"the last handshake with it was {Ago(feed.Opened)}");

    private string Ago(Timestamp timestamp) => Since(timestamp) + " ago";

    private string Since(Timestamp timestamp) => Rounded(timestamp.Elapsed(time));
}
