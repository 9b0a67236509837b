using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ZmqExporter.Configuration;
using ZmqExporter.Conformance;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Cli;

/// <summary>What <c>conformance --json</c> prints: its members in the order in which they are written, in snake_case.</summary>
/// <param name="Endpoint">The server.</param>
/// <param name="Protocol">The protocol's id.</param>
/// <param name="Form">asked or published.</param>
/// <param name="Service">The service; empty for the server as a whole.</param>
/// <param name="Ok">Whether no rule is broken.</param>
/// <param name="Checks">The rules.</param>
internal sealed record ConformanceJson(string Endpoint, string Protocol, string Form, string Service, bool Ok, IReadOnlyList<ConformanceCheckJson> Checks)
{
    /// <summary>The object of a run.</summary>
    public static ConformanceJson Of(string endpoint, string service, bool isFeed, ImmutableArray<ConformanceCheck> checks) => new(
        endpoint,
        Heartbeat.HeartbeatProtocol.Name,
        isFeed ? "published" : "asked",
        service,
        !checks.Any(check => check.Outcome == ConformanceOutcome.Failed),
        [.. checks.Select(check => new ConformanceCheckJson(check.Name, check.Rule, EnumLabels<ConformanceOutcome>.All[(int)check.Outcome], check.Sent, check.Came, check.Problem))]);

    /// <summary>The object on one line.</summary>
    public string ToLine() => OneLineJson.Of(this, ConformanceJsonContext.Default.ConformanceJson);
}

/// <summary>A rule.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Rule">What the server has to do.</param>
/// <param name="Outcome">ok, failed or not_applicable.</param>
/// <param name="Sent">What was sent.</param>
/// <param name="Came">What came.</param>
/// <param name="Problem">What is wrong, or why the rule says nothing here; empty when all is well.</param>
internal sealed record ConformanceCheckJson(string Name, string Rule, string Outcome, string Sent, string Came, string Problem);

/// <summary>The serializer of <see cref="ConformanceJson"/>, made at build time: nothing is found by reflection.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConformanceJson))]
internal sealed partial class ConformanceJsonContext : JsonSerializerContext;
