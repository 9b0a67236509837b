using System.Text.Json.Serialization;
using ZmqExporter.Targets;

namespace ZmqExporter.Persistence;

/// <summary>What a state file holds.</summary>
/// <param name="Format">Says whose file it is: <see cref="OurFormat"/>.</param>
/// <param name="SavedAt">When it was written.</param>
/// <param name="Targets">What is kept of each target.</param>
internal sealed record StateDocument(string Format, DateTimeOffset SavedAt, List<TargetMemory> Targets)
{
    /// <summary>Files of this version and of those that can read them.</summary>
    public const string OurFormat = "zmq_exporter state 1";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StateDocument))]
internal sealed partial class StateContext : JsonSerializerContext;
