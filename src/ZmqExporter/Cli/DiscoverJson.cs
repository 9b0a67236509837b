using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ZmqExporter.Probing.OneShot;
using ZmqExporter.Scanning;

namespace ZmqExporter.Cli;

/// <summary>What <c>discover --json</c> prints for an address: its members in the order in which they are written, in snake_case.</summary>
internal sealed record DiscoverJson
{
    public required string Endpoint { get; init; }

    /// <summary>Who listens there, as far as that is known.</summary>
    public required IReadOnlyList<DiscoveredProcessJson> Processes { get; init; }

    /// <summary><c>zmtp</c>, <c>old_zmtp</c>, <c>other</c>, <c>silent</c>, <c>closed</c>, <c>refused</c>, <c>unreachable</c>, <c>no_answer</c>, <c>failed</c> or <c>skipped</c>.</summary>
    public required string Kind { get; init; }

    public required string What { get; init; }

    public required string Detail { get; init; }

    public required string? ZmtpVersion { get; init; }

    public required string? Mechanism { get; init; }

    /// <summary>Null when the peer does not say it.</summary>
    public required string? SocketType { get; init; }

    public required IReadOnlyList<string> SocketTypeCandidates { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public required string? Module { get; init; }

    public required string? Why { get; init; }

    /// <summary>What has to be decided before it can be probed; null when nothing has.</summary>
    public required string? ToDecide { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The object of an address.</summary>
    public static DiscoverJson Of(Sighting sighting)
    {
        var choice = ModuleChooser.Choose(sighting);
        var (greeting, peer) = (sighting.Look?.Greeting, sighting.Look?.Peer);
        return new DiscoverJson
        {
            Endpoint = sighting.Candidate.Endpoint.ToString(),
            Processes = [.. sighting.Candidate.Owners.Select(owner => new DiscoveredProcessJson(owner.Id, owner.Name))],
            Kind = JsonNamingPolicy.SnakeCaseLower.ConvertName(sighting.Identity.Kind.ToString()),
            What = sighting.Identity.Words,
            Detail = sighting.Identity.Detail,
            ZmtpVersion = greeting?.Version,
            Mechanism = greeting?.Mechanism,
            SocketType = peer?.SocketType,
            SocketTypeCandidates = choice?.Candidates ?? [],
            Metadata = peer?.Metadata ?? ImmutableSortedDictionary<string, string>.Empty,
            Module = choice?.Module,
            Why = choice?.Why,
            ToDecide = choice?.Obstacle,
            Notes = choice?.Notes ?? [],
        };
    }

    /// <summary>The object on one line.</summary>
    public string ToLine() => OneLineJson.Of(this, DiscoverJsonContext.Default.DiscoverJson);
}

/// <summary>A process that listens.</summary>
internal sealed record DiscoveredProcessJson(int Pid, string Name);

/// <summary>The serializer of <see cref="DiscoverJson"/>, made at build time: nothing is found by reflection.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DiscoverJson))]
internal sealed partial class DiscoverJsonContext : JsonSerializerContext;
