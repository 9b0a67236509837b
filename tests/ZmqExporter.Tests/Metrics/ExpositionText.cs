using System.Globalization;
using System.Text;

namespace ZmqExporter.Tests.Metrics;

/// <summary>Reads both text formats, apart from the exporter's own code.</summary>
internal static class ExpositionText
{
    /// <summary>All samples, OpenMetrics' <c>_created</c> among them. Infos are gauges, as in the text format.</summary>
    public static List<ExposedSample> Parse(string text)
    {
        var samples = new List<ExposedSample>();
        var (type, help) = ("", "");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', 4);
            if (line == "# EOF")
            {
                break;
            }

            if (words[0] == "#")
            {
                (type, help) = words[1] == "HELP" ? ("", words[3]) : (words[3] == "info" ? "gauge" : words[3], help);
                continue;
            }

            var (name, labels, value, example) = ParseSample(line);
            samples.Add(new ExposedSample(ExposedSample.SeriesOf(name, labels), type, help, value) { Example = example });
        }

        return samples;
    }

    private static (string Name, List<(string Name, string Value)> Labels, double Value, string Example) ParseSample(string line)
    {
        var labels = new List<(string Name, string Value)>();
        var position = line.IndexOfAny(['{', ' ']);
        var name = line[..position];
        if (line[position] == '{')
        {
            position++;
            while (line[position] != '}')
            {
                var equals = line.IndexOf('=', position);
                var label = line[position..equals];
                position = equals + 2;
                var value = new StringBuilder();
                for (; line[position] != '"'; position++)
                {
                    value.Append(line[position] == '\\' ? Unescape(line[++position]) : line[position]);
                }

                labels.Add((label, value.ToString()));
                position += line[position + 1] == ',' ? 2 : 1;
            }

            position++;
        }

        var parts = line[(position + 1)..].Split(" # "); // an exemplar may follow
        var number = parts[0];
        var example = "";
        if (parts.Length > 1)
        {
            var words = parts[1].Split(' ');
            example = ExposedSample.ExampleOf(words[0]["{probe=\"".Length..^2], double.Parse(words[1], CultureInfo.InvariantCulture), double.Parse(words[2], CultureInfo.InvariantCulture));
        }

        return (name, labels, number == "+Inf" ? double.PositiveInfinity : double.Parse(number, CultureInfo.InvariantCulture), example);
    }

    private static char Unescape(char escaped) => escaped == 'n' ? '\n' : escaped;
}
