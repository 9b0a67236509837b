using System.Text;

namespace ZmqExporter.Mixin;

/// <summary>The rule files as one object for the Prometheus operator.</summary>
internal static class PrometheusRuleText
{
    private const string Groups = "groups:\n";

    private const string Head = """
        # Made by "zmq_exporter mixin" from the rule files; do not edit.
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: zmq-exporter
          labels:
            app.kubernetes.io/name: zmq-exporter
        spec:
          groups:

        """;

    /// <summary>Makes it, as text, so that the comments come along.</summary>
    /// <param name="ruleFiles">The texts of the rule files.</param>
    public static string Make(IEnumerable<string> ruleFiles)
    {
        var text = new StringBuilder(Head);
        foreach (var file in ruleFiles)
        {
            var start = file.IndexOf(Groups, StringComparison.Ordinal);
            text.Append('\n');
            foreach (var line in (file[..start] + file[(start + Groups.Length)..]).TrimEnd('\n').Split('\n'))
            {
                var indent = line.StartsWith('#') ? "    " : "  ";
                text.Append(line.Length == 0 ? "" : indent).Append(line).Append('\n');
            }
        }

        return text.ToString();
    }
}
