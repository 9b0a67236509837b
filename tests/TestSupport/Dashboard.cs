using System.Text.Json.Nodes;

namespace TestSupport;

/// <summary>One dashboard file, as far as tests ask for it.</summary>
/// <param name="File">Its name in dashboards/.</param>
/// <param name="Json">What it says.</param>
internal sealed record Dashboard(string File, JsonObject Json)
{
    /// <summary>The directory of the dashboards, from the repository's root.</summary>
    public const string Directory = "dashboards";

    /// <summary>The names of the dashboards' files, in order.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        .. new DirectoryInfo(Path.Combine(Repository.Root, Directory)).GetFiles("*.json")
            .Select(file => file.Name).Order(StringComparer.Ordinal),
    ];

    /// <summary>Its panels, those of collapsed rows too, but not the rows.</summary>
    public IReadOnlyList<DashboardPanel> Panels =>
        [.. AllPanels.Where(panel => Text(panel["type"]) != "row").Select(panel => new DashboardPanel(panel))];

    /// <summary>Its panels and rows.</summary>
    public IEnumerable<JsonObject> AllPanels =>
        Objects(Json["panels"]).SelectMany(panel => (IEnumerable<JsonObject>)[panel, .. Objects(panel["panels"])]);

    /// <summary>Its variables, in their order.</summary>
    public IReadOnlyList<JsonObject> Variables => [.. Objects(Json["templating"]?["list"])];

    /// <summary>The names of its variables, in their order.</summary>
    public IReadOnlyList<string> VariableNames => [.. Variables.Select(variable => Text(variable["name"]))];

    /// <summary>The variables that ask Prometheus, with what they ask.</summary>
    public IReadOnlyList<(string Name, string Query)> VariableQueries =>
    [
        .. Variables.Where(variable => Text(variable["type"]) == "query")
            .Select(variable => (Text(variable["name"]), Text(variable["query"]?["query"]))),
    ];

    /// <summary>Its annotations.</summary>
    public IReadOnlyList<JsonObject> Annotations => [.. Objects(Json["annotations"]?["list"])];

    /// <summary>Reads a file of the repository.</summary>
    public static Dashboard Read(string file) => Parse(file, Repository.Read(Path.Combine(Directory, file)));

    /// <summary>Reads a text.</summary>
    public static Dashboard Parse(string file, string text) => new(file, JsonNode.Parse(text)!.AsObject());

    /// <summary>A string, or nothing.</summary>
    public static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    /// <summary>The objects of an array, or none.</summary>
    public static IEnumerable<JsonObject> Objects(JsonNode? node) => (node as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>This node and everything below it, with paths such as <c>$.panels[3].targets[0]</c>.</summary>
    public static IEnumerable<JsonNode> Descendants(JsonNode node)
    {
        yield return node;
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject properties => properties.Select(property => property.Value),
            JsonArray items => items,
            _ => [],
        };
        foreach (var descendant in children.OfType<JsonNode>().SelectMany(Descendants))
        {
            yield return descendant;
        }
    }
}

/// <summary>One panel that shows something.</summary>
/// <param name="Json">What the file says of it.</param>
internal sealed record DashboardPanel(JsonObject Json)
{
    /// <summary>Its title.</summary>
    public string Title => Dashboard.Text(Json["title"]);

    /// <summary>Its plugin, such as <c>timeseries</c>.</summary>
    public string Type => Dashboard.Text(Json["type"]);

    /// <summary>What it asks.</summary>
    public IReadOnlyList<DashboardQuery> Queries =>
    [
        .. Dashboard.Objects(Json["targets"]).Select(target => new DashboardQuery(
            $"{Title} {Dashboard.Text(target["refId"])}",
            Dashboard.Text(target["expr"]),
            Dashboard.Text(target["legendFormat"]),
            target["instant"]?.GetValue<bool>() ?? false)),
    ];
}

/// <summary>One query of a panel.</summary>
/// <param name="Name">The panel's title and the letter of the query.</param>
/// <param name="Expression">PromQL with variables.</param>
/// <param name="Legend">How its series are called, with label names in double braces.</param>
/// <param name="Instant">Whether it asks for now rather than for the time range.</param>
internal sealed record DashboardQuery(string Name, string Expression, string Legend, bool Instant);
