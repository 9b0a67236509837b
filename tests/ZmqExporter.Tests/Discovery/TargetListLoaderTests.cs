using ZmqExporter.Configuration;
using ZmqExporter.Tests.Configuration;

namespace ZmqExporter.Tests.Discovery;

public sealed class TargetListLoaderTests
{
    private const string Config = """
        defaults: {labels: {site: a, team: red}, modules: [ping, transport], interval: 20s}
        modules:
          ping: {prober: request, send: [ping]}
        targets:
          - {name: orders, endpoint: "tcp://orders:1"}
        """;

    [Theory]
    [InlineData("- targets: [tcp://a:1, tcp://b:2]\n", false)]
    [InlineData("[{\"targets\": [\"tcp://a:1\", \"tcp://b:2\"]}]", true)]
    [InlineData("[{\"targets\": [\"tcp://a:1\", \"tcp://b:2\"]}]", false)]
    [InlineData("[\n\t{\"targets\": [\"tcp:\\/\\/a:1\", \"tcp://b:2\"], \"labels\": null}\n]", true)]
    public void Read_TargetsAlone_TakesEverythingElseFromTheDefaults(string text, bool isJson)
    {
        var targets = Read(text, isJson);

        Assert.Equal(["tcp://a:1", "tcp://b:2"], targets.Select(target => target.Name), StringComparer.Ordinal);
        Assert.Equal(["ping", "transport"], targets[1].Configs.Select(config => config.Module.Name), StringComparer.Ordinal);
        Assert.Equal("tcp://b:2", targets[1].Configs[0].Endpoint.ToString());
        Assert.Equal(TimeSpan.FromSeconds(20), targets[1].Configs[0].Module.Interval);
        Assert.Equal(["site=a", "team=red"], Labels(targets[1]), StringComparer.Ordinal);
    }

    // As in Prometheus. A newer program may write labels that this exporter does not know.
    [Theory]
    [InlineData("__zmq_module__", "list.yml:2:12: [0].labels.__zmq_module__: an unknown label, which is dropped; did you mean __zmq_modules__? Labels with __zmq_: __zmq_name__, __zmq_modules__, __zmq_interval__, __zmq_timeout__, __zmq_return_endpoint__")]
    [InlineData("__zmq_weight__", "list.yml:2:12: [0].labels.__zmq_weight__: an unknown label, which is dropped; labels with __zmq_: __zmq_name__, __zmq_modules__, __zmq_interval__, __zmq_timeout__, __zmq_return_endpoint__")]
    [InlineData("__address__", "")]
    [InlineData("__meta_rack", "")]
    public void Read_OtherLabelsThatBeginWithTwoUnderscores_AreDropped(string label, string warning)
    {
        var result = Parsed.Lists("defaults: {modules: [ping]}\nmodules: {ping: {prober: request, send: [ping]}}\ntargets: []\n")
            .Read($"- targets: [tcp://a:1]\n  labels: {{{label}: x, team: t}}\n", "list.yml", false);

        Assert.Empty(result.Errors);
        Assert.Equal(warning, string.Join('\n', result.Warnings));
        Assert.Equal("team", Assert.Single(Assert.Single(Assert.Single(result.Targets).Configs).Labels).Key);
    }

    [Fact]
    public void Read_Labels_ChooseHowToProbeOrAreTheTargetsOwn()
    {
        var target = Assert.Single(Read("""
            - targets: [tcp://a:1]
              labels:
                __zmq_name__: stock
                __zmq_modules__: "transport, ping"
                __zmq_interval__: 5s
                __zmq_timeout__: 1s
                __meta_rack: r1
                __address__: elsewhere
                team: blue
                rack: 7
            """));

        Assert.Equal(("stock", "list:1:13"), (target.Name, target.Place.ToString()));
        Assert.Equal(["transport", "ping"], target.Configs.Select(config => config.Module.Name), StringComparer.Ordinal);
        Assert.All(target.Configs, config =>
        {
            Assert.Equal("stock", config.Name);
            Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1)), (config.Module.Interval, config.Module.Timeout));
        });
        Assert.Equal(["rack=7", "site=a", "team=blue"], Labels(target), StringComparer.Ordinal);
    }

    [Fact]
    public void Read_SameTarget_IsEqualToThatOfTheConfig() =>
        Assert.Equal(
            Parsed.Config(Config).Targets,
            Read("- targets: [tcp://orders:1]\n  labels: {__zmq_name__: orders, __zmq_interval__: ''}").SelectMany(target => target.Configs));

    [Theory]
    [InlineData("[]", false)]
    [InlineData("[]", true)]
    [InlineData("[{\"targets\": null}, {\"targets\": [], \"labels\": {\"team\": \"a\"}}]", true)]
    public void Read_NoTargets_AreNone(string text, bool isJson) => Assert.Empty(Read(text, isJson));

    [Fact]
    public void Read_Twice_IsEqual()
    {
        const string text = "- targets: [tcp://a:1]\n  labels: {__zmq_interval__: 5s}\n";
        Assert.Equal(Read(text), Read(text));
    }

    private static EquatableArray<DiscoveredTarget> Read(string text, bool isJson = false)
    {
        var result = Parsed.Lists(Config).Read(text, "list", isJson);
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        return result.Targets;
    }

    private static IEnumerable<string> Labels(DiscoveredTarget target) => target.Configs[0].Labels.Select(label => $"{label.Key}={label.Value}");
}
