using System.Text;
using YamlDotNet.Serialization;

namespace ZmqExporter.Tests.Alerts;

/// <summary>alerts/prometheusrule.yaml, for the Prometheus operator, is made from the rule files and from nothing else.</summary>
/// <remarks>With ZMQ_EXPORTER_WRITE_PROMETHEUSRULE=1 in the environment this test writes the file again, and fails so that nobody forgets it.</remarks>
public sealed class PrometheusRuleTests
{
    private const string Path = "alerts/prometheusrule.yaml";
    private const string Switch = "ZMQ_EXPORTER_WRITE_PROMETHEUSRULE";

    private const string Head = """
        # Made from alerts/*.rules.yml; do not edit. Make it again: ZMQ_EXPORTER_WRITE_PROMETHEUSRULE=1 dotnet test --project tests/ZmqExporter.Tests
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: zmq-exporter
          labels:
            app.kubernetes.io/name: zmq-exporter
        spec:
          groups:

        """;

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

    // As text, so that the comments come along.
    private static string Make()
    {
        var text = new StringBuilder(Head);
        foreach (var file in AlertRules.Files)
        {
            var parts = Repository.Read(file).Split("groups:\n", 2);
            Assert.Equal(2, parts.Length);
            text.Append('\n');
            foreach (var line in (parts[0] + parts[1]).TrimEnd('\n').Split('\n'))
            {
                var indent = line.StartsWith('#') ? "    " : "  ";
                text.Append(line.Length == 0 ? "" : indent).Append(line).Append('\n');
            }
        }

        return text.ToString();
    }
}
