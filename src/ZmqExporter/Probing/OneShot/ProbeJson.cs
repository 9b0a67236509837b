using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing.OneShot;

/// <summary>A probe as one object of JSON: its members in the order in which they are written, in snake_case.</summary>
internal sealed record ProbeJson
{
    /// <summary>The target's name; null for an endpoint that stands in no config.</summary>
    public string? Target { get; init; }

    public required string Endpoint { get; init; }

    /// <summary>The module's name; null when the command line says what to send.</summary>
    public required string? Module { get; init; }

    public required string Prober { get; init; }

    public required string Outcome { get; init; }

    /// <summary>What a process that ends with this result exits with; absent where none does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ExitCode { get; init; }

    public required string? Reason { get; init; }

    public required string Verdict { get; init; }

    public required bool? Reachable { get; init; }

    public required bool? Responsive { get; init; }

    public required bool? Ready { get; init; }

    public required double? RoundTripSeconds { get; init; }

    public required double ElapsedSeconds { get; init; }

    public required Dictionary<string, double> PhaseSeconds { get; init; }

    public required ProbePeerJson? Peer { get; init; }

    public required SubscriptionJson? Subscription { get; init; }

    /// <summary>What makes the mappings of a reply doubtful; absent where nothing does, and for a subscription, which has its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>The numbers that become metrics.</summary>
    public required ImmutableArray<ValueJson> Values { get; init; }

    public required ImmutableArray<ConversationEntryJson> Trace { get; init; }

    /// <summary>The messages that came, looked into; absent unless asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MessageJson>? Messages { get; init; }

    /// <summary>What they suggest for the module; absent unless asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LessonJson? Proposals { get; init; }

    /// <summary>The object of a conversation.</summary>
    /// <param name="conversation">All that was seen.</param>
    /// <param name="nextStep">What the reader may do about the verdict, which is written behind it; empty for nothing.</param>
    public static ProbeJson Of(ProbeConversation conversation, string nextStep = "")
    {
        var (target, result) = (conversation.Target, conversation.Result);
        return new ProbeJson
        {
            Endpoint = target.Endpoint.ToString(),
            Module = target.Module.Name,
            Prober = target.Module.Prober.Name,
            Outcome = ProbeVerdict.Word(result.Outcome),
            Reason = result.Reason?.Label(),
            Verdict = ProbeVerdict.Sentence(target, result) + nextStep,
            Reachable = result.Reachable,
            Responsive = result.Responsive,
            Ready = result.Ready,
            RoundTripSeconds = result.RoundTrip?.TotalSeconds,
            ElapsedSeconds = result.Elapsed.TotalSeconds,
            PhaseSeconds = conversation.Phases.ToDictionary(phase => phase.Name, phase => phase.Duration.TotalSeconds, StringComparer.Ordinal),
            Peer = result.Peer is { } peer ? ProbePeerJson.Of(peer) : null,
            Subscription = conversation.Reading is { } reading ? SubscriptionJson.Of(reading) : null,
            Warnings = conversation.Reading is null && conversation.Warnings is { Count: > 0 } warnings ? warnings : null,
            Values = [.. (result.Values?.Samples ?? []).Select(ValueJson.Of)],
            Trace = [.. conversation.Entries.Select(ConversationEntryJson.Of)],
        };
    }

    /// <summary>The object on one line, for a terminal or a file: a web page must not contain it as it is.</summary>
    public string ToLine() => OneLineJson.Of(this, ProbeJsonContext.Default.ProbeJson);
}

/// <summary>What the peer said of itself.</summary>
internal sealed record ProbePeerJson(string ZmtpVersion, string Mechanism, string? SocketType, ImmutableSortedDictionary<string, string> Metadata)
{
    public static ProbePeerJson Of(PeerInfo peer) => new(peer.Version, peer.Mechanism, peer.SocketType, peer.Metadata);
}

/// <summary>What was read of a subscription's messages.</summary>
internal sealed record SubscriptionJson(
    long Messages, long NumbersRead, long Lost, long Unreadable, long Resets, double? DelaySeconds, IReadOnlyList<string> Warnings)
{
    public static SubscriptionJson Of(SubscriptionReading reading) => new(
        reading.Messages,
        reading.NumbersRead,
        reading.Sequence.Lost,
        reading.Sequence.Untracked,
        reading.Sequence.Resets,
        reading.Delay?.TotalSeconds,
        reading.Warnings());
}

/// <summary>One thing that happened.</summary>
internal sealed record ConversationEntryJson(string Kind, ImmutableArray<string> Texts)
{
    public static ConversationEntryJson Of(ConversationEntry entry) => new(EnumLabels<ConversationEntryKind>.All[(int)entry.Kind], entry.Texts);
}

/// <summary>The serializer of <see cref="ProbeJson"/>, made at build time: nothing is found by reflection.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProbeJson))]
internal sealed partial class ProbeJsonContext : JsonSerializerContext;
