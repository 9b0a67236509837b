using System.Globalization;
using System.Text;
using ZmqExporter.Demo;

namespace ZmqExporter.Cli;

/// <summary>What the demo prints: where to look, what to see there, and how to go on with a server of one's own. Plain text of 80 columns.</summary>
internal static class DemoGuide
{
    /// <summary>A configuration for a server of the reader's own.</summary>
    public const string OwnConfig =
        """
        targets:
          - name: mine
            endpoint: tcp://127.0.0.1:5555
            modules: [transport]  # looks whether it is there, and asks nothing
            labels: {team: mine}

        """;

    private const int Columns = 80;
    private const int TextColumn = 23;

    /// <summary>Writes it.</summary>
    /// <param name="servers">The demo's servers.</param>
    /// <param name="address">Where the exporter is.</param>
    /// <param name="configFile">The demo's configuration.</param>
    /// <param name="output">Takes it.</param>
    public static void Write(IEnumerable<DemoServer> servers, string address, string configFile, TextWriter output)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\nThe board of this demo:  {address}/\n\n");
        text.Append("It probes these servers of its own every 2 s. Wait 15 s, then open the page of\n");
        text.Append("each by a click on its name: what is wrong, since when, and what to do.\n\n");
        text.Append("  TARGET     STATE     WHAT TO SEE ON ITS PAGE\n");
        foreach (var server in servers)
        {
            text.Append(Wrap($"  {server.Name,-10} {server.State,-9} ", server.LookAt));
        }

        text.Append("\nWhat Prometheus and Grafana get of it:\n\n");
        text.Append(CultureInfo.InvariantCulture, $"  metrics    {address}/metrics\n");
        text.Append(CultureInfo.InvariantCulture, $"  alerts     {address}/docs/alerting  (files: alerts/)\n");
        text.Append(CultureInfo.InvariantCulture, $"  dashboards {address}/docs/dashboards  (files: dashboards/)\n");
        text.Append(CultureInfo.InvariantCulture, $"  config     {configFile}\n");
        text.Append("             (of this demo; it is removed at the end)\n");
        text.Append("\nThen your own server. Look at it once; write zmq_exporter.yml; check and serve:\n\n");
        text.Append("  zmq_exporter probe tcp://127.0.0.1:5555\n\n");
        foreach (var line in OwnConfig.TrimEnd().Split('\n'))
        {
            text.Append("    ").Append(line).Append('\n');
        }

        text.Append("\n  zmq_exporter check-config zmq_exporter.yml\n");
        text.Append("  zmq_exporter serve --config.file=zmq_exporter.yml\n\n");
        text.Append(CultureInfo.InvariantCulture, $"What to ask it, so that a hung one is seen:\n  {address}/docs/choosing-a-probe\n");
        text.Append("End the demo before you serve on the same port.\n\n");
        if (Environment.ProcessPath is { } program)
        {
            text.Append("zmq_exporter is this program:\n  ").Append(program).Append("\n\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"Ctrl-C ends the demo; from another terminal: kill {Environment.ProcessId}\n");
        output.Write(text);
        output.Flush();
    }

    private static string Wrap(string head, string words)
    {
        var text = new StringBuilder(head);
        var column = head.Length;
        foreach (var word in words.Split(' '))
        {
            if (column > TextColumn && column + 1 + word.Length > Columns)
            {
                text.Append('\n').Append(' ', TextColumn);
                column = TextColumn;
            }
            else if (column > TextColumn)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        return text.Append('\n').ToString();
    }
}
