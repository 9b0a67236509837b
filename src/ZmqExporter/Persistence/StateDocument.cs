using System.Text.Json.Serialization;
using ZmqExporter.Targets;

namespace ZmqExporter.Persistence;

/// <summary>What a state file holds.</summary>
/// <param name="Format">Says whose file it is: <see cref="OurFormat"/>. It comes first.</param>
/// <param name="SavedAt">When it was written.</param>
/// <param name="Targets">What is kept of each target.</param>
internal sealed record StateDocument(string Format, DateTimeOffset SavedAt, List<TargetMemory> Targets)
{
    /// <summary>Files of any version begin with this.</summary>
    public const string FormatOfAnyVersion = "zmq_exporter state ";

    /// <summary>Files of this version and of those that can read them.</summary>
    public const string OurFormat = FormatOfAnyVersion + "1";

    /// <summary>
    /// Whether this is all: nothing was counted after it. Only then counters go on; from any other file they would go back a little, and
    /// Prometheus takes a counter that goes back for one that has counted all of it since.
    /// </summary>
    public bool Ended { get; init; }
}

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StateDocument))]
internal sealed partial class StateContext : JsonSerializerContext;
