using System.Text.Json;

namespace ZmqExporter.Tests.Deploy;

/// <summary>deploy/compose: what is mounted exists, and what is read in a container is mounted there.</summary>
public sealed class ComposeTests
{
    private const string Directory = "deploy/compose";

    private static readonly JsonElement Compose = RepositoryYaml.Read($"{Directory}/compose.yaml");

    [Fact]
    public void Mounts_OfFilesAndDirectories_Exist()
    {
        var mounts = Compose.GetProperty("services").EnumerateObject().SelectMany(service => Mounts(service.Value)).ToList();

        Assert.True(mounts.Count >= 6, "mounts are read wrongly");
        Assert.All(mounts, mount => Assert.True(Path.Exists(mount.Source), mount.Source));
        Assert.All(mounts, mount => Assert.StartsWith(Repository.Root + "/", mount.Source, StringComparison.Ordinal));
    }

    [Fact]
    public void Volumes_ThatAreNamed_AreDeclaredAndUsed()
    {
        var used = Compose.GetProperty("services").EnumerateObject()
            .SelectMany(service => service.Value.Texts("volumes"))
            .Select(volume => volume.Split(':')[0])
            .Where(source => !source.StartsWith('.'));

        Assert.Equal(Compose.GetProperty("volumes").EnumerateObject().Select(volume => volume.Name).Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("exporter", "--config.file=")]
    [InlineData("prometheus", "--config.file=")]
    [InlineData("alertmanager", "--config.file=")]
    public void ConfigFile_OfAService_IsMounted(string name, string flag)
    {
        var service = Service(name);
        var file = Assert.Single(service.Texts("command"), argument => argument.StartsWith(flag, StringComparison.Ordinal))[flag.Length..];

        Assert.True(File.Exists(InRepository(service, file)), file);
    }

    [Fact]
    public void Prometheus_RuleFiles_AreAllOfAlerts()
    {
        var config = RepositoryYaml.Read($"{Directory}/prometheus.yml");
        var glob = Assert.Single(config.Texts("rule_files"));
        var directory = InRepository(Service("prometheus"), $"/etc/prometheus/{Path.GetDirectoryName(glob)}");

        Assert.Equal(Path.Combine(Repository.Root, "alerts"), directory);
        Assert.Equal("*.rules.yml", Path.GetFileName(glob));
    }

    [Fact]
    public void Prometheus_Addresses_AreServicesAndTheirPorts()
    {
        var text = Repository.Read($"{Directory}/prometheus.yml") + Repository.Read($"{Directory}/grafana-datasource.yml");
        string[] addresses = ["demo:19555", "exporter:19555", "alertmanager:9093", "http://prometheus:9090"];

        foreach (var address in addresses)
        {
            Assert.Contains(address, text, StringComparison.Ordinal);
            var parts = address.Replace("http://", "", StringComparison.Ordinal).Split(':');
            Assert.EndsWith(":" + parts[1], Assert.Single(Service(parts[0]).Texts("ports")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Grafana_Provisioning_FindsDashboardsAndTheirDataSource()
    {
        var grafana = Service("grafana");
        var provider = RepositoryYaml.Read("dashboards/provisioning/dashboards/zmq_exporter.yml").GetProperty("providers")[0];

        Assert.Equal(
            Path.Combine(Repository.Root, "dashboards"),
            InRepository(grafana, provider.GetProperty("options").GetProperty("path").GetString()!));
        Assert.Equal(Path.Combine(Repository.Root, "dashboards/provisioning/dashboards/zmq_exporter.yml"), InRepository(grafana, "/etc/grafana/provisioning/dashboards/zmq_exporter.yml"));

        var source = InRepository(grafana, "/etc/grafana/provisioning/datasources/prometheus.yml");
        Assert.Equal(Path.Combine(Repository.Root, Directory, "grafana-datasource.yml"), source);
        Assert.Equal(DataSource("dashboards/provisioning/datasources/prometheus.yml"), DataSource($"{Directory}/grafana-datasource.yml"));
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("exporter")]
    public void Exporters_WithWhatTheyDoNotNeed_AreNotStarted(string name)
    {
        var service = Service(name);

        Assert.True(service.GetProperty("read_only").GetBoolean());
        Assert.Equal(["ALL"], service.Texts("cap_drop"), StringComparer.Ordinal);
        Assert.Equal("0", service.GetProperty("environment").GetProperty("DOTNET_EnableDiagnostics").GetString());
        Assert.Equal(Repository.Root, Path.GetFullPath(service.GetProperty("build").GetProperty("context").GetString()!, Path.Combine(Repository.Root, Directory)));
    }

    [Fact]
    public void Ports_OfAllServices_AreThoseOfThisMachineAlone() => Assert.All(
        Compose.GetProperty("services").EnumerateObject().SelectMany(service => service.Value.Texts("ports")),
        port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));

    private static JsonElement Service(string name) => Compose.GetProperty("services").GetProperty(name);

    private static (string? Uid, string? Interval) DataSource(string file)
    {
        var source = RepositoryYaml.Read(file).GetProperty("datasources")[0];
        return (source.GetProperty("uid").GetString(), source.GetProperty("jsonData").GetProperty("timeInterval").GetString());
    }

    private static IEnumerable<(string Source, string Target)> Mounts(JsonElement service) =>
        service.Texts("volumes")
            .Select(volume => volume.Split(':'))
            .Where(parts => parts[0].StartsWith('.'))
            .Select(parts => (Path.GetFullPath(parts[0], Path.Combine(Repository.Root, Directory)), parts[1]));

    // Where a path of the container comes from: the longest mount that it is in.
    private static string InRepository(JsonElement service, string path)
    {
        var (source, target) = Mounts(service)
            .Where(mount => path == mount.Target || path.StartsWith(mount.Target + "/", StringComparison.Ordinal))
            .MaxBy(mount => mount.Target.Length);
        Assert.NotNull(source);
        return Path.TrimEndingDirectorySeparator(source + path[target.Length..]);
    }
}
