using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ZmqExporter.Board;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Api;

/// <summary>Targets, as <c>/api/v1/targets</c> answers. docs/openapi.json says what each member is.</summary>
internal sealed record TargetListJson(
    DateTimeOffset At, int Total, int Matched, int Offset, int Limit, ImmutableSortedDictionary<string, int> States, ImmutableArray<TargetSummaryJson> Targets)
{
    public static TargetListJson Of(BoardPage page, int offset, int limit, Func<TargetKey, Target?> find) => new(
        page.At,
        page.Total,
        page.Matched,
        offset,
        limit,
        EnumLabels<TargetState>.All.Select((label, state) => KeyValuePair.Create(label, page.Counts[state])).ToImmutableSortedDictionary(StringComparer.Ordinal),
        [.. page.Targets.Select(target => TargetSummaryJson.Of(target, find(TargetKey.Of(target.Config)), page.At))]);
}

/// <summary>One target × module in brief.</summary>
internal sealed record TargetSummaryJson
{
    public required string Target { get; init; }

    public required string Module { get; init; }

    public required string Endpoint { get; init; }

    public required string? ReturnEndpoint { get; init; }

    public required string Prober { get; init; }

    public required string Client { get; init; }

    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset StateSince { get; init; }

    public required bool Flapping { get; init; }

    public required int ConsecutiveMisses { get; init; }

    public required double? NextProbeSeconds { get; init; }

    public required LastProbeJson? LastProbe { get; init; }

    public required DateTimeOffset? LastSuccess { get; init; }

    public required ImmutableArray<string> Warnings { get; init; }

    [JsonPropertyName("availability_24h")]
    public required AvailabilityJson Availability24H { get; init; }

    [JsonPropertyName("availability_7d")]
    public required AvailabilityJson Availability7D { get; init; }

    public static TargetSummaryJson Of(TargetSnapshot snapshot, Target? target, DateTimeOffset now)
    {
        var config = snapshot.Config;
        var hours = target?.Hours() ?? HourlySnapshot.Empty;
        return new TargetSummaryJson
        {
            Target = config.Name,
            Module = config.Module.Name,
            Endpoint = config.Endpoint.ToString(),
            ReturnEndpoint = config.ReturnEndpoint?.ToString(),
            Prober = config.Module.Prober.Name,
            Client = config.Module.Client.Label(),
            Labels = config.Labels.ToImmutableSortedDictionary(StringComparer.Ordinal),
            State = snapshot.State.Label(),
            StateSince = snapshot.StateSince,
            Flapping = snapshot.Flapping,
            ConsecutiveMisses = snapshot.ConsecutiveMisses,
            NextProbeSeconds = snapshot.NextProbeIn?.TotalSeconds,
            LastProbe = snapshot is { LastResult: { } result, LastProbe: { } at } ? LastProbeJson.Of(result, at) : null,
            LastSuccess = snapshot.LastSuccess,
            Warnings = [.. snapshot.Unmapped.Select(static source => source.ToString())],
            Availability24H = AvailabilityJson.Of(hours.Last(24, now)),
            Availability7D = AvailabilityJson.Of(hours.Last(HourlyCounts.Hours, now)),
        };
    }
}

/// <summary>What the last probe said.</summary>
internal sealed record LastProbeJson(
    DateTimeOffset At,
    string Outcome,
    string? Reason,
    string Detail,
    double? RoundTripSeconds,
    double ElapsedSeconds,
    bool? Reachable,
    bool? Responsive,
    bool? Ready,
    ImmutableSortedDictionary<string, double> PhaseSeconds)
{
    public static LastProbeJson Of(in LastResult result, DateTimeOffset at) => new(
        at,
        EnumLabels<ProbeOutcome>.All[(int)result.Outcome],
        result.Reason?.Label(),
        result.Detail,
        result.RoundTrip?.TotalSeconds,
        result.Elapsed.TotalSeconds,
        result.Reachable,
        result.Responsive,
        result.Ready,
        PhaseSecondsOf(result.Phases));

    /// <summary>The phases that were reached, by name.</summary>
    public static ImmutableSortedDictionary<string, double> PhaseSecondsOf(PhaseDurations phases) => new[]
        {
            ("resolve", phases.Resolve), ("connect", phases.Connect), ("handshake", phases.Handshake), ("ping", phases.Ping), ("request", phases.Request),
        }
        .Where(static phase => phase.Item2 is not null)
        .ToImmutableSortedDictionary(static phase => phase.Item1, static phase => phase.Item2!.Value.TotalSeconds, StringComparer.Ordinal);
}

/// <summary>How many probes were answered.</summary>
internal sealed record AvailabilityJson(long Probes, long Misses, double? Ratio)
{
    public static AvailabilityJson Of(HourCounts counts) => new(counts.Probes, counts.Misses, counts.Availability);
}
