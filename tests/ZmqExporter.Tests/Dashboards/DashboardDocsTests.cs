using System.Reflection;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;
using ZmqExporter.Metrics.Catalog;

namespace ZmqExporter.Tests.Dashboards;

/// <summary>The provisioning files, and docs/dashboards.md with its pictures.</summary>
public sealed partial class DashboardDocsTests
{
    private static string Docs => Repository.Read("docs/dashboards.md");

    [Fact]
    public void Provisioning_DataSource_IsAPrometheusWithItsScrapeInterval()
    {
        var source = Assert.Single(Entries("datasources/prometheus.yml", "datasources"));

        Assert.Equal("prometheus", Text(source["type"]));
        Assert.EndsWith("s", Text(source["jsonData"]["timeInterval"]), StringComparison.Ordinal); // $__rate_interval is made from it
    }

    [Fact]
    public void Provisioning_Provider_ReadsFilesThatStayTheSource()
    {
        var provider = Assert.Single(Entries("dashboards/zmq_exporter.yml", "providers"));

        Assert.Equal("file", Text(provider["type"]));
        Assert.Equal("false", Text(provider["allowUiUpdates"]));
        Assert.Contains(Text(provider["options"]["path"]), Docs, StringComparison.Ordinal); // where the docs say to copy them
    }

    [Fact]
    public void Docs_EveryDashboard_IsThereWithItsPicture() =>
        Assert.All(FileRules.Titles, dashboard =>
        {
            var picture = $"images/dashboard-{dashboard.Key["zmq-".Length..]}.png";
            Assert.Contains($"{dashboard.Value}](", $"{Docs}](", StringComparison.Ordinal);
            Assert.Contains($"`{dashboard.Key}`", Docs, StringComparison.Ordinal);
            Assert.Contains($"]({picture})", Docs, StringComparison.Ordinal);
            var file = new FileInfo(Path.Combine(Repository.Root, "docs", picture));
            Assert.True(file is { Exists: true, Length: > 50_000 and < 250_000 }, $"{picture} is missing, blank or too large");
        });

    [Fact]
    public void Docs_EveryMetricInThem_Exists()
    {
        var names = typeof(MetricNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        var mentioned = MetricName().Matches(Docs).Select(match => match.Value).ToArray();

        Assert.NotEmpty(mentioned);
        Assert.Empty(mentioned.Except(names, StringComparer.Ordinal));
    }

    private static YamlSequenceNode Entries(string file, string list)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Repository.Read($"dashboards/provisioning/{file}")));
        var root = yaml.Documents[0].RootNode;
        Assert.Equal("1", Text(root["apiVersion"]));
        return (YamlSequenceNode)root[list];
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    [GeneratedRegex(
        @"(?<=`)(zmq_(target|probe|probes|connection|peer|subscription|exporter)|process|dotnet)_[a-z_]+[a-z](?=[`{])",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex MetricName();
}
