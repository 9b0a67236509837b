using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using ZmqExporter.Http.Api;

namespace ZmqExporter.Tests.Http.Api;

/// <summary>docs/openapi.json against the types that are written.</summary>
public sealed class OpenApiTests
{
    private static readonly Dictionary<string, JsonTypeInfo> Written = new(StringComparer.Ordinal)
    {
        ["TargetList"] = ApiContext.Default.TargetListJson,
        ["TargetSummary"] = ApiContext.Default.TargetSummaryJson,
        ["LastProbe"] = ApiContext.Default.LastProbeJson,
        ["Availability"] = ApiContext.Default.AvailabilityJson,
        ["TargetDetail"] = ApiContext.Default.TargetDetailJson,
        ["Counters"] = ApiContext.Default.CountersJson,
        ["Peer"] = ApiContext.Default.PeerJson,
        ["Value"] = ApiContext.Default.TargetValueJson,
        ["SubscriptionCounters"] = ApiContext.Default.SubscriptionCountersJson,
        ["LoopCounters"] = ApiContext.Default.LoopCountersJson,
        ["History"] = ApiContext.Default.HistoryJson,
        ["Result"] = ApiContext.Default.ResultJson,
        ["Failure"] = ApiContext.Default.FailureJson,
        ["Message"] = ApiContext.Default.MessageExcerptJson,
        ["Frame"] = ApiContext.Default.FrameExcerptJson,
        ["StateChange"] = ApiContext.Default.StateChangeJson,
        ["ConnectionEvent"] = ApiContext.Default.ConnectionEventJson,
        ["Hour"] = ApiContext.Default.HourJson,
        ["Setting"] = ApiContext.Default.SettingJson,
        ["EventList"] = ApiContext.Default.EventListJson,
        ["Event"] = ApiContext.Default.EventJson,
        ["Problem"] = ApiContext.Default.ApiProblemJson,
    };

    public static TheoryData<string> Schemas => [.. Written.Keys];

    [Fact]
    public async Task Document_Served_HasTheSchemasThatAreWrittenAndThePathsThatAnswer()
    {
        await using var test = await HttpUnderTest.StartAsync();
        var document = await DocumentAsync(test);
        Assert.Equal(Written.Keys.Order(StringComparer.Ordinal), document["components"]!["schemas"]!.AsObject().Select(schema => schema.Key).Order(StringComparer.Ordinal), StringComparer.Ordinal);

        foreach (var path in document["paths"]!.AsObject().Select(path => path.Key))
        {
            using var response = await test.SendAsync(HttpMethod.Get, path);
            Assert.True(response.Content.Headers.ContentType?.MediaType == "application/json", path); // also for a target that does not exist
        }
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public async Task Schema_EachOne_HasTheMembersThatAreWritten(string name)
    {
        await using var test = await HttpUnderTest.StartAsync();
        var schema = (await DocumentAsync(test))["components"]!["schemas"]![name]!;
        var exported = Written[name].GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true })["properties"]!.AsObject();
        var documented = schema["properties"]!.AsObject();

        Assert.Equal(exported.Select(member => member.Key), documented.Select(member => member.Key), StringComparer.Ordinal);
        Assert.Equal(exported.Select(member => member.Key), schema["required"]!.AsArray().Select(member => member!.GetValue<string>()), StringComparer.Ordinal);
        foreach (var (member, type) in exported)
        {
            Assert.True(Types(type!).SetEquals(Types(documented[member]!)), $"{name}.{member}: {type!.ToJsonString()} is documented as {documented[member]!.ToJsonString()}");
            Assert.True(documented[member]!["$ref"] is not null || documented[member]!["description"] is not null, $"{name}.{member} has no description");
        }
    }

    private static async Task<JsonNode> DocumentAsync(HttpUnderTest test) =>
        JsonNode.Parse(await test.Client.GetStringAsync(new Uri("/api/v1/openapi.json", UriKind.Relative), TestContext.Current.CancellationToken))!;

    // What a member may be, by name: the text form of a number that JSON cannot say is not among it.
    private static HashSet<string> Types(JsonNode schema) => schema switch
    {
        _ when schema["$ref"] is not null => ["object"],
        _ when (schema["oneOf"] ?? schema["anyOf"]) is JsonArray any => [.. any.SelectMany(one => one!["enum"] is not null ? [] : Types(one))],
        _ when schema["type"] is JsonArray several => [.. several.Select(one => one!.GetValue<string>()).Where(one => several.Count < 3 || one != "string")],
        _ => [schema["type"]!.GetValue<string>()],
    };
}
