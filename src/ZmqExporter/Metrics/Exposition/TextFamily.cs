using System.Globalization;
using static ZmqExporter.Metrics.Exposition.ProtobufFields;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>A family that was read from the text format. Not thread-safe.</summary>
/// <remarks>Reads what prometheus-net writes for our own series, and no more: gauges, counters, and histograms without labels, where no label's
/// value holds a comma, quote or backslash. Anything else is an error, not a wrong number.</remarks>
internal sealed class TextFamily
{
    private readonly List<(string Name, (string Name, string Value)[] Labels, double Value)> _samples = [];

    private TextFamily(string name, string help)
    {
        Name = name;
        Help = help;
    }

    /// <summary>Its name in the text format.</summary>
    public string Name { get; }

    /// <summary>One sentence.</summary>
    public string Help { get; }

    /// <summary>The word of its TYPE line.</summary>
    public string Type { get; private set; } = "";

    /// <summary>Reads all families.</summary>
    /// <exception cref="FormatException">A line is none of those that can be read.</exception>
    public static IReadOnlyList<TextFamily> Parse(string text)
    {
        var families = new List<TextFamily>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', 4);
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                families.Add(new TextFamily(words[2], words.Length > 3 ? words[3] : ""));
            }
            else if (families.Count == 0)
            {
                throw new FormatException($"no HELP comes before: {line}");
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                families[^1].Type = words[3] is "counter" or "gauge" or "histogram"
                    ? words[3]
                    : throw new FormatException($"this type cannot be read: {line}");
            }
            else
            {
                families[^1].Add(line);
            }
        }

        return families;
    }

    /// <summary>Adds it as a delimited message; one without samples leaves no trace.</summary>
    public void WriteProtobuf(ByteBuffer to)
    {
        if (_samples.Count == 0)
        {
            return;
        }

        using var family = new ByteBuffer();
        WriteString(family, FamilyName, Name);
        WriteString(family, FamilyHelp, Help);
        WriteUnsigned(family, FamilyType, Type switch { "counter" => TypeCounter, "histogram" => TypeHistogram, _ => TypeGauge });
        if (Type == "histogram")
        {
            WriteHistogram(family);
        }
        else
        {
            foreach (var (_, labels, value) in _samples)
            {
                using var number = new ByteBuffer();
                WriteDouble(number, NumberValue, value);
                WriteMetric(family, labels, Type == "counter" ? MetricCounter : MetricGauge, number);
            }
        }

        WriteVarint(to, (ulong)family.Length);
        to.Append(family.Written);
    }

    private void Add(string line)
    {
        var sample = ParseSample(line);
        if (Type.Length == 0)
        {
            throw new FormatException($"no TYPE comes before: {line}");
        }

        if (Type == "histogram" && sample.Labels.Any(label => label.Name != MetricLabels.Le))
        {
            throw new FormatException($"a histogram with labels cannot be read: {line}");
        }

        _samples.Add(sample);
    }

    // Without labels of its own a family is one histogram.
    private void WriteHistogram(ByteBuffer family)
    {
        using var histogram = new ByteBuffer();
        using var bucket = new ByteBuffer();
        foreach (var (name, labels, value) in _samples)
        {
            if (name.EndsWith("_count", StringComparison.Ordinal))
            {
                WriteUnsigned(histogram, SampleCount, (ulong)value);
            }
            else if (name.EndsWith("_sum", StringComparison.Ordinal))
            {
                WriteDouble(histogram, SampleSum, value);
            }
            else
            {
                bucket.Clear();
                WriteUnsigned(bucket, CumulativeCount, (ulong)value);
                WriteDouble(bucket, UpperBound, Number(labels[^1].Value));
                WriteBytes(histogram, Bucket, bucket.Written);
            }
        }

        WriteMetric(family, [], MetricHistogram, histogram);
    }

    private static void WriteMetric(ByteBuffer family, (string Name, string Value)[] labels, int kind, ByteBuffer value)
    {
        using var metric = new ByteBuffer();
        metric.Append(new LabelSet(labels).Protobuf);
        WriteBytes(metric, kind, value.Written);
        WriteBytes(family, FamilyMetric, metric.Written);
    }

    private static (string Name, (string Name, string Value)[] Labels, double Value) ParseSample(string line)
    {
        var space = line.LastIndexOf(' ');
        var brace = line.IndexOf('{', StringComparison.Ordinal);
        var value = Number(line[(space + 1)..]);
        if (brace < 0)
        {
            return (line[..space], [], value);
        }

        var labels = line[(brace + 1)..line.LastIndexOf('}')].Split(',').Select(label =>
        {
            var equals = label.IndexOf("=\"", StringComparison.Ordinal);
            return equals > 0 && label[^1] == '"' && label.AsSpan(equals + 2).IndexOfAny('"', '\\') == label.Length - equals - 3
                ? (label[..equals], label[(equals + 2)..^1])
                : throw new FormatException($"these labels cannot be read: {line}");
        });
        return (line[..brace], [.. labels], value);
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}
