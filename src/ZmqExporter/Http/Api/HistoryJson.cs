using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Http.Api;

/// <summary>A target's past, each part the oldest first.</summary>
internal sealed record HistoryJson(
    ImmutableArray<ResultJson> Results,
    ImmutableArray<FailureJson> Failures,
    ImmutableArray<StateChangeJson> StateChanges,
    ImmutableArray<ConnectionEventJson> ConnectionEvents,
    ImmutableArray<HourJson> Hours)
{
    public static HistoryJson Of(HistorySnapshot past, uint mark) => new(
        [.. past.Results.Select(result => ResultJson.Of(result, mark))],
        [.. past.Failures.Select(FailureJson.Of)],
        [.. past.Changes.Select(static change => new StateChangeJson(change.At, change.State.Label()))],
        [.. past.Events.Select(static past => new ConnectionEventJson(past.At, EnumLabels<ConnectionEvent>.All[(int)past.Event]))],
        [.. past.Hours.Hours.Select((counts, hour) => new HourJson(past.Hours.First.AddHours(hour), counts.Probes, counts.Misses))]);
}

/// <summary>One of the last results.</summary>
internal sealed record ResultJson(
    string Id,
    DateTimeOffset At,
    string Outcome,
    string? Reason,
    double? RoundTripSeconds,
    bool? Reachable,
    bool? Responsive,
    bool? Ready,
    ImmutableSortedDictionary<string, double> PhaseSeconds)
{
    public static ResultJson Of(RecentResult result, uint mark) => new(
        ProbeId.Of(result.At, mark),
        result.At,
        EnumLabels<ProbeOutcome>.All[(int)result.Outcome],
        result.Reason?.Label(),
        result.RoundTrip?.TotalSeconds,
        result.Reachable,
        result.Responsive,
        result.Ready,
        LastProbeJson.PhaseSecondsOf(result.Phases));
}

/// <summary>Failures in a row for one reason.</summary>
internal sealed record FailureJson(
    DateTimeOffset First,
    DateTimeOffset Last,
    long Count,
    string Reason,
    string Detail,
    bool WasDown,
    bool? Reachable,
    bool? Responsive,
    ImmutableSortedDictionary<string, double> PhaseSeconds,
    MessageExcerptJson? Sent,
    MessageExcerptJson? Received)
{
    public static FailureJson Of(FailureRun run) => new(
        run.First.At,
        run.Last,
        run.Count,
        run.Reason.Label(),
        run.Detail,
        run.WasDown,
        run.First.Reachable,
        run.First.Responsive,
        LastProbeJson.PhaseSecondsOf(run.First.Phases),
        run.Sent is { } sent ? MessageExcerptJson.Of(sent) : null,
        run.Received is { } received ? MessageExcerptJson.Of(received) : null);
}

/// <summary>How a message began.</summary>
internal sealed record MessageExcerptJson(int FrameCount, ImmutableArray<FrameExcerptJson> Frames)
{
    public static MessageExcerptJson Of(MessageExcerpt message) => new(message.FrameCount, [.. message.Frames.Select(FrameExcerptJson.Of)]);
}

/// <summary>How a frame began: as bytes in hex, and for people.</summary>
internal sealed record FrameExcerptJson(int Length, string Hex, string Text, bool Truncated)
{
    public static FrameExcerptJson Of(FrameExcerpt frame) => new(
        frame.Length, Convert.ToHexStringLower(frame.Bytes.Span), Excerpt.Whole(frame.Bytes.Span), frame.Bytes.Length < frame.Length);
}

/// <summary>A change of the state.</summary>
internal sealed record StateChangeJson(DateTimeOffset At, string State);

/// <summary>Something that happened to a connection.</summary>
internal sealed record ConnectionEventJson(DateTimeOffset At, string Event);

/// <summary>The probes of one hour that said something of the target.</summary>
internal sealed record HourJson(DateTimeOffset At, long Probes, long Misses);
