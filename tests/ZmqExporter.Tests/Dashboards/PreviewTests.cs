using System.Text.Json.Nodes;

namespace ZmqExporter.Tests.Dashboards;

/// <summary>The renderer of the previews knows whatever the dashboards use, so that no panel is blank in a picture and nobody notices. Units,
/// mappings, matchers and transformations are those of Grafana's own library.</summary>
public sealed class PreviewTests
{
    private const string Directory = "docs/tooling/dashboard-preview";

    private static readonly JsonObject Known = JsonNode.Parse(Repository.Read($"{Directory}/known.json"))!.AsObject();

    public static TheoryData<string> Files => [.. Dashboard.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void Renderer_Dashboard_KnowsAllOfIt(string file) => Assert.Empty(Unknown(Dashboard.Read(file)));

    [Theory]
    [InlineData("\"type\": \"bargauge\"", "\"type\": \"gauge\"", "panel type gauge")]
    [InlineData("\"rowHeight\"", "\"perPage\"", "state-timeline options.perPage")]
    [InlineData("\"fillOpacity\"", "\"fillBelowTo\"", "field.custom.fillBelowTo")]
    [InlineData("\"id\": \"custom.width\"", "\"id\": \"custom.minWidth\"", "override custom.minWidth")]
    public void Renderer_SomethingNew_IsFound(string old, string damage, string expected)
    {
        var text = Repository.Read(Path.Combine(Dashboard.Directory, "zmq-fleet.json"));
        var damaged = Dashboard.Parse("zmq-fleet.json", text.Replace(old, damage, StringComparison.Ordinal));

        Assert.Contains(expected, Unknown(damaged), StringComparer.Ordinal);
    }

    [Fact]
    public void Renderer_KnownTypes_HaveAModuleEach()
    {
        var modules = new DirectoryInfo(Path.Combine(Repository.Root, Directory, "page/panels")).GetFiles("*.js")
            .Select(file => Path.GetFileNameWithoutExtension(file.Name));

        Assert.Equal(
            Known["panels"]!.AsObject().Select(type => type.Key).Where(type => type != "row").Order(StringComparer.Ordinal),
            modules.Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(Directory)]
    [InlineData("tests/grafana")]
    public void Packages_LockFile_NamesNoRegistry(string directory) =>
        Assert.DoesNotContain("\"resolved\"", Repository.Read($"{directory}/package-lock.json"), StringComparison.Ordinal);

    private static List<string> Unknown(Dashboard dashboard)
    {
        List<string> unknown = [];
        unknown.AddRange(dashboard.AllPanels.Select(panel => Dashboard.Text(panel["type"]))
            .Where(type => Known["panels"]![type] is null)
            .Select(type => $"panel type {type}"));
        foreach (var panel in dashboard.Panels)
        {
            var options = Known["panels"]![panel.Type]?.AsArray().Select(Dashboard.Text) ?? [];
            unknown.AddRange(Leaves(panel.Json["options"], "options").Except(options, StringComparer.Ordinal).Select(path => $"{panel.Type} {path}"));
            var field = panel.Json["fieldConfig"]!;
            unknown.AddRange(Leaves(field["defaults"], "field").Except(Names("field"), StringComparer.Ordinal));
            var overrides = Dashboard.Objects(field["overrides"]).ToArray();
            var properties = overrides.SelectMany(entry => Dashboard.Objects(entry["properties"])).ToArray();
            unknown.AddRange(New("override", "overrides", properties.Select(property => Dashboard.Text(property["id"]))));
        }

        return unknown;
    }

    private static IEnumerable<string> New(string what, string list, IEnumerable<string> used) =>
        used.Except(Names(list), StringComparer.Ordinal).Select(name => $"{what} {name}");

    private static IEnumerable<string> Names(string list) => Known[list]!.AsArray().Select(Dashboard.Text);

    // A list is a leaf, as in known.mjs.
    private static IEnumerable<string> Leaves(JsonNode? node, string path) =>
        node is JsonObject properties ? properties.SelectMany(property => Leaves(property.Value, $"{path}.{property.Key}")) : [path];
}
