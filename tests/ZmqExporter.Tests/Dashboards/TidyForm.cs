using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ZmqExporter.Tests.Dashboards;

/// <summary>How a dashboard is kept in the repository: keys in order, and nothing of what Grafana's export adds though it is the
/// default or belongs to one Grafana alone.</summary>
internal static class TidyForm
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // Anywhere in the file, when they have this value.
    private static readonly (string Name, string Value)[] Defaults =
    [
        ("axisBorderShow", "false"), ("axisCenteredZero", "false"), ("axisColorMode", "\"text\""), ("axisLabel", "\"\""),
        ("axisPlacement", "\"auto\""), ("barAlignment", "0"), ("barWidthFactor", "0.6"), ("gradientMode", "\"none\""),
        ("hideFrom", """{"legend":false,"tooltip":false,"viz":false}"""), ("insertNulls", "false"), ("pointSize", "5"), ("spanNulls", "false"),
        ("lineInterpolation", "\"linear\""), ("lineStyle", """{"fill":"solid"}"""), ("scaleDistribution", """{"type":"linear"}"""),
        ("thresholdsStyle", """{"mode":"off"}"""), ("justifyMode", "\"auto\""), ("percentChangeColorMode", "\"standard\""),
        ("showPercentChange", "false"), ("wideLayout", "true"), ("inspect", "false"), ("mappings", "[]"), ("exemplar", "false"),
        ("hide", "false"), ("hide", "0"), ("skipUrlSync", "false"), ("regex", "\"\""), ("transformations", "[]"), ("timepicker", "{}"),
        ("liveNow", "false"), ("weekStart", "\"\""), ("fiscalYearStartMonth", "0"), ("useBackend", "false"), ("namePlacement", "\"auto\""),
        ("minVizHeight", "16"), ("minVizWidth", "8"), ("maxVizHeight", "300"), ("sizing", "\"auto\""),
    ];

    // At the top, whatever their value.
    private static readonly string[] Foreign = ["__inputs", "__elements", "__requires", "version", "iteration", "gnetId"];

    // Of queries, whatever their value: how somebody edited them.
    private static readonly HashSet<string> Noise = new(["editorMode", "disableTextWrap", "fullMetaSearch", "includeNullMetadata"], StringComparer.Ordinal);

    /// <summary>The text that the file must have.</summary>
    public static string Of(JsonObject dashboard)
    {
        var tidy = Sorted(dashboard)!.AsObject();
        tidy["id"] = null;
        foreach (var name in Foreign)
        {
            tidy.Remove(name);
        }

        var chosen = Dashboard.Objects(tidy["templating"]?["list"]).Where(variable => Dashboard.Text(variable["type"]) is "query" or "datasource");
        foreach (var variable in chosen.Where(variable => Dashboard.Text(variable["name"]) != "label")) // module, which every target has
        {
            variable["current"] = new JsonObject(); // what was chosen in one Grafana
            variable["options"] = new JsonArray();
        }

        return Sorted(tidy)!.ToJsonString(Indented) + "\n";
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject properties => new JsonObject(properties
            .Where(property => !IsNoise(property.Key, property.Value))
            .OrderBy(property => property.Key, StringComparer.Ordinal)
            .Select(property => KeyValuePair.Create(property.Key, Sorted(property.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static bool IsNoise(string name, JsonNode? value) =>
        Noise.Contains(name)
        || Defaults.Any(entry => entry.Name == name && JsonNode.DeepEquals(value, JsonNode.Parse(entry.Value)));
}
