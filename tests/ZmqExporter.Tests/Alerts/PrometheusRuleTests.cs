using YamlDotNet.Serialization;
using ZmqExporter.Mixin;

namespace ZmqExporter.Tests.Alerts;

/// <summary>alerts/prometheusrule.yaml, for the Prometheus operator, is made from the rule files and from nothing else.</summary>
/// <remarks>With ZMQ_EXPORTER_WRITE_PROMETHEUSRULE=1 in the environment this test writes the file again, and fails so that nobody forgets it.</remarks>
public sealed class PrometheusRuleTests
{
    private const string Path = "alerts/prometheusrule.yaml";
    private const string Switch = "ZMQ_EXPORTER_WRITE_PROMETHEUSRULE";

    [Fact]
    public void File_AgainstTheRuleFiles_HasNotDrifted()
    {
        var expected = Make();
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            File.WriteAllText(System.IO.Path.Combine(Repository.Root, Path), expected);
            Assert.Fail($"{Path} is written again; run the tests without {Switch}");
        }

        Assert.Equal(expected, Repository.Read(Path));
    }

    [Fact]
    public void File_ReadAsYaml_HasTheSameRules()
    {
        var yaml = new SerializerBuilder().Build();
        var made = new DeserializerBuilder().Build().Deserialize<Dictionary<string, dynamic>>(Repository.Read(Path));
        var groups = AlertRules.Files.SelectMany(file => AlertRules.Parse(Repository.Read(file)).Groups);

        Assert.Equal(
            yaml.Serialize(groups),
            yaml.Serialize(AlertRules.Parse(yaml.Serialize((object)made["spec"])).Groups));
    }

    private static string Make() => PrometheusRuleText.Make(AlertRules.Files.Select(Repository.Read));
}
