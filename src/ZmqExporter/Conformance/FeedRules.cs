using System.Collections.Immutable;
using ZmqExporter.Heartbeat;
using Zmtp;

namespace ZmqExporter.Conformance;

/// <summary>Walks through what docs/protocol/heartbeat.md asks of a server that publishes its heartbeats.</summary>
/// <param name="feed">The subscription.</param>
/// <param name="service">The service whose beats are looked at; empty for the first one that comes.</param>
/// <param name="first">How long the first beat may take.</param>
internal sealed class FeedRules(ConformanceFeed feed, string service, TimeSpan first)
{
    private const int Wanted = 3; // beats: two gaps between them
    private const string Sent = "a subscription to \"ZHB1\"";

    private static readonly TimeSpan MostWaited = TimeSpan.FromMinutes(1);

    private readonly List<ConformanceCheck> _checks = [];

    /// <summary>Tries all of them.</summary>
    public async Task<ImmutableArray<ConformanceCheck>> RunAsync(CancellationToken cancellation)
    {
        var problem = await feed.OpenAsync();
        problem ??= feed.SocketType is "PUB" or "XPUB" or "" ? null : $"the peer is a {feed.SocketType}, which publishes nothing";
        _checks.Add(ConformanceCheck.Of("connect", "the endpoint is a PUB or XPUB that completes a handshake", "a handshake as a SUB", problem is null ? feed.SocketType : "", problem));
        if (problem is not null)
        {
            return [.. _checks];
        }

        var beats = new List<(ZmtpMessage Message, HeartbeatBeat Beat)>();
        var silence = first;
        string? late = null;
        while (beats.Count < Wanted)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await NextAsync(beats, silence < MostWaited ? silence : MostWaited) is not { } message)
            {
                late = beats.Count == 0 || silence > MostWaited ? null : FormattableString.Invariant($"after it no beat came within {silence.TotalSeconds:0.###} s: two of its intervals and a grace");
                break;
            }

            if (HeartbeatBeat.Read(message, out var beat) is { } wrong)
            {
                _checks.Add(ConformanceCheck.Of("beat", Form, Sent, MessageFrames.Words(message), wrong));
                return [.. _checks];
            }

            beats.Add((message, beat!));
            silence = HeartbeatProtocol.MaxSilence(beat!.Interval);
        }

        Judge(beats, late);
        return [.. _checks];
    }

    private const string Form = "a beat is ZHB1, service, status, instance, sequence, time, interval and perhaps details, each in its form";

    // The next beat of the same service and, after the first one, of the same process: through a proxy those of others come, too.
    private async Task<ZmtpMessage?> NextAsync(List<(ZmtpMessage Message, HeartbeatBeat Beat)> beats, TimeSpan silence)
    {
        var wait = feed.Begin(silence);
        while (await feed.NextAsync(wait) is { } message)
        {
            var named = message.FrameCount > 1 ? MessageFrames.Words(MessageFrames.Message(message[1].ToArray())) : "";
            var wanted = beats.Count > 0 ? MessageFrames.Words(MessageFrames.Message(beats[0].Message[1].ToArray()))
                : service.Length > 0 ? MessageFrames.Words(MessageFrames.Message(service)) : named;
            if (named == wanted)
            {
                return message;
            }
        }

        return null;
    }

    private void Judge(List<(ZmtpMessage Message, HeartbeatBeat Beat)> beats, string? late)
    {
        var came = beats.Count == 0 ? "nothing" : string.Join(", and ", beats.Select(beat => MessageFrames.Words(beat.Message)));
        Add("beat", Form, came, beats.Count > 0 ? null
            : FormattableString.Invariant($"no beat{(service.Length > 0 ? $" of the service \"{service}\"" : "")} came within {first.TotalSeconds:0.###} s"));
        if (beats.Count == 0)
        {
            return;
        }

        const string Interval = "the next beat comes within the interval that a beat announces; watchers wait for two and a grace";
        if (beats.Count == 1 && late is null)
        {
            _checks.Add(ConformanceCheck.NotApplicable("interval", Interval, "the beat announces a longer time than this command waits, which is a minute"));
        }
        else
        {
            Add("interval", Interval, came, late);
        }

        var pairs = beats.Zip(beats.Skip(1), (one, next) => (One: one.Beat, Next: next.Beat)).Where(pair => pair.One.Report.Instance == pair.Next.Report.Instance).ToList();
        Add("sequence", "the sequence goes up by one from beat to beat", came, pairs.Select(pair => pair.Next.Sequence == pair.One.Sequence + 1 ? null
            : FormattableString.Invariant($"after {pair.One.Sequence} came {pair.Next.Sequence}: to a watcher beats are lost, or come twice")).FirstOrDefault(why => why is not null));
        Add("time", "the time is that of sending: it does not go back", came, pairs.Select(pair => pair.Next.Time >= pair.One.Time ? null
            : FormattableString.Invariant($"after {pair.One.Time} came {pair.Next.Time}")).FirstOrDefault(why => why is not null));
        string[] instances = [.. beats.Select(beat => beat.Beat.Report.Instance).Distinct(StringComparer.Ordinal)];
        Add("instance_stable", "the instance is the same in all beats of one run of the process", came, instances.Length == 1 ? null
            : FormattableString.Invariant($"{instances.Length} instances came: each new one is a restart to whoever watches"));
        AddDetails(beats[^1].Message, came);
    }

    private void AddDetails(ZmtpMessage last, string came)
    {
        const string Rule = "details are a JSON object or a MessagePack map of 64 KiB at most, with start_time as a number, version and reason as texts";
        if (last.FrameCount == HeartbeatProtocol.BeatDetails)
        {
            _checks.Add(ConformanceCheck.NotApplicable("details", Rule, "the beat has none"));
        }
        else
        {
            Add("details", Rule, came, DetailsRules.Problem(last[HeartbeatProtocol.BeatDetails], HeartbeatProtocol.BeatDetails));
        }
    }

    private void Add(string name, string rule, string came, string? problem) => _checks.Add(ConformanceCheck.Of(name, rule, Sent, came, problem));
}
