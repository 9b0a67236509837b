using System.Text.Json.Serialization;

namespace ZmqExporter.Http.Api;

/// <summary>Writes the API's answers without reflection. Its encoder is the strict one: an answer may be opened in a browser.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TargetListJson))]
[JsonSerializable(typeof(TargetDetailJson))]
[JsonSerializable(typeof(EventListJson))]
[JsonSerializable(typeof(ApiProblemJson))]
internal sealed partial class ApiContext : JsonSerializerContext;

/// <summary>Why there is no answer, and how to mend it.</summary>
internal sealed record ApiProblemJson(string Error);
