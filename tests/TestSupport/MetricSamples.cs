using System.Globalization;
using System.Text;

namespace TestSupport;

/// <summary>One line of the Prometheus text format.</summary>
internal sealed record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>The samples of a scrape. Its parser is strict and small: what it refuses, Prometheus would too.</summary>
internal sealed class MetricSamples
{
    private readonly List<MetricSample> _samples = [];

    private MetricSamples(string text) => Text = text;

    /// <summary>The scrape as it came.</summary>
    public string Text { get; }

    /// <summary>Every sample in its order.</summary>
    public IReadOnlyList<MetricSample> All => _samples;

    /// <summary>Parses a scrape.</summary>
    /// <exception cref="FormatException">A line is no sample and no comment.</exception>
    public static MetricSamples Parse(string text)
    {
        var samples = new MetricSamples(text);
        foreach (var line in text.Split('\n'))
        {
            if (line.Length > 0 && line[0] != '#')
            {
                samples._samples.Add(ParseLine(line));
            }
        }

        return samples;
    }

    /// <summary>The samples of this name that have all these labels.</summary>
    public IReadOnlyList<MetricSample> Find(string name, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var found = new List<MetricSample>();
        foreach (var sample in _samples)
        {
            if (sample.Name == name && HasAll(sample, labels))
            {
                found.Add(sample);
            }
        }

        return found;
    }

    /// <summary>The value of the one sample of this name with all these labels, null without one; fails when there are several.</summary>
    public double? Value(string name, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Find(name, labels) switch
        {
            [] => null,
            [var only] => only.Value,
            var several => throw new InvalidOperationException($"{several.Count} samples of {name} match"),
        };

    private static bool HasAll(MetricSample sample, ReadOnlySpan<(string Name, string Value)> labels)
    {
        foreach (var (name, value) in labels)
        {
            if (!sample.Labels.TryGetValue(name, out var actual) || actual != value)
            {
                return false;
            }
        }

        return true;
    }

    private static MetricSample ParseLine(string line)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var position = line.AsSpan().IndexOfAny('{', ' ');
        if (position <= 0)
        {
            throw new FormatException($"not a sample: {line}");
        }

        var name = line[..position];
        if (line[position] == '{')
        {
            position = ParseLabels(line, position + 1, labels);
        }

        var fields = line[position..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (1 or 2))
        {
            throw new FormatException($"not a sample: {line}");
        }

        var value = fields[0] switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            var number => double.Parse(number, CultureInfo.InvariantCulture),
        };
        return new MetricSample(name, labels, value);
    }

    private static int ParseLabels(string line, int position, Dictionary<string, string> labels)
    {
        while (line[position] != '}')
        {
            var equals = line.IndexOf("=\"", position, StringComparison.Ordinal);
            if (equals < 0)
            {
                throw new FormatException($"not a label: {line[position..]}");
            }

            var name = line[position..equals].TrimStart(',');
            var value = new StringBuilder();
            for (position = equals + 2; line[position] != '"'; position++)
            {
                if (line[position] == '\\')
                {
                    position++;
                    value.Append(line[position] == 'n' ? '\n' : line[position]);
                }
                else
                {
                    value.Append(line[position]);
                }
            }

            position++;
            if (!labels.TryAdd(name, value.ToString()))
            {
                throw new FormatException($"the label {name} comes twice: {line}");
            }
        }

        return position + 1;
    }
}
