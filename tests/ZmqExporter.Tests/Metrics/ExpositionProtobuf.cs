using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ZmqExporter.Tests.Metrics;

/// <summary>Reads delimited MetricFamily messages, apart from the exporter's own code.</summary>
internal static class ExpositionProtobuf
{
    /// <summary>All samples: histograms as the text format has them, and the times since which something counts as OpenMetrics has them.</summary>
    public static List<ExposedSample> Parse(ReadOnlySpan<byte> bytes)
    {
        var samples = new List<ExposedSample>();
        while (!bytes.IsEmpty)
        {
            var length = (int)Varint(ref bytes);
            samples.AddRange(Family(new Message(bytes[..length])));
            bytes = bytes[length..];
        }

        return samples;
    }

    /// <summary>The native buckets of one histogram, by index, with the buckets' counts; and the count of zeros.</summary>
    public static (Dictionary<int, long> Buckets, ulong Zeros, long Schema) Native(ReadOnlySpan<byte> bytes, string family)
    {
        while (!bytes.IsEmpty)
        {
            var length = (int)Varint(ref bytes);
            var message = new Message(bytes[..length]);
            bytes = bytes[length..];
            if (message.Text(1) == family)
            {
                return NativeOf(new Message(new Message(message.Bytes(4)[0]).Bytes(7)[0]));
            }
        }

        throw new InvalidOperationException($"there is no {family}");
    }

    private static (Dictionary<int, long> Buckets, ulong Zeros, long Schema) NativeOf(Message histogram)
    {
        var buckets = new Dictionary<int, long>();
        var deltas = histogram.Numbers(13).Select(Signed).ToArray();
        var (index, place, count) = (0, 0, 0L);
        foreach (var bytes in histogram.Bytes(12))
        {
            var span = new Message(bytes);
            index += (int)Signed(span.Numbers(1).Single());
            for (var i = 0UL; i < span.Numbers(2).Single(); i++)
            {
                count += deltas[place++];
                buckets.Add(index++, count);
            }
        }

        Assert.Equal(deltas.Length, place);
        return (buckets, histogram.Numbers(7).Single(), Signed(histogram.Numbers(5).Single()));
    }

    private static IEnumerable<ExposedSample> Family(Message family)
    {
        var (name, help) = (family.Text(1), family.Text(2));
        var type = family.Numbers(3).Single() switch { 0 => "counter", 1 => "gauge", 4 => "histogram", var other => $"type {other}" };
        foreach (var bytes in family.Bytes(4))
        {
            var metric = new Message(bytes);
            var labels = metric.Bytes(1).Select(pair => new Message(pair)).Select(pair => (pair.Text(1), pair.Text(2))).ToList();
            if (type != "histogram")
            {
                var value = new Message(metric.Bytes(type == "counter" ? 3 : 2).Single());
                yield return new ExposedSample(ExposedSample.SeriesOf(name, labels), type, help, value.Doubles(1).Single()) { Example = type == "counter" ? ExampleOf(value.Bytes(2)) : "" };
                foreach (var time in value.Bytes(3))
                {
                    var bare = name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
                    yield return new ExposedSample(ExposedSample.SeriesOf($"{bare}_created", labels), type, help, UnixSeconds(time));
                }

                continue;
            }

            var histogram = new Message(metric.Bytes(7).Single());
            var count = histogram.Numbers(1).Single();
            foreach (var bucket in histogram.Bytes(3).Select(bucket => new Message(bucket)))
            {
                if (bucket.Doubles(2).Single() is var bound && !double.IsPositiveInfinity(bound))
                {
                    yield return Bucket(Bound(bound), bucket.Numbers(1).Single(), ExampleOf(bucket.Bytes(3)));
                }
            }

            var infinite = histogram.Bytes(3).Select(bucket => new Message(bucket)).SingleOrDefault(bucket => double.IsPositiveInfinity(bucket.Doubles(2).Single()));
            Assert.Equal(count, infinite?.Numbers(1).Single() ?? count);
            yield return Bucket("+Inf", count, ExampleOf(infinite?.Bytes(3) ?? []));
            yield return new ExposedSample(ExposedSample.SeriesOf($"{name}_count", labels), type, help, count);
            yield return new ExposedSample(ExposedSample.SeriesOf($"{name}_sum", labels), type, help, histogram.Doubles(2).Single());
            foreach (var time in histogram.Bytes(15))
            {
                yield return new ExposedSample(ExposedSample.SeriesOf($"{name}_created", labels), type, help, UnixSeconds(time));
            }

            ExposedSample Bucket(string bound, ulong value, string example) =>
                new(ExposedSample.SeriesOf($"{name}_bucket", [.. labels, ("le", bound)]), type, help, value) { Example = example };
        }
    }

    // io.prometheus.client.Exemplar, if there is one.
    private static string ExampleOf(List<byte[]> messages)
    {
        if (messages.Count == 0)
        {
            return "";
        }

        var message = new Message(messages.Single());
        var label = new Message(message.Bytes(1).Single());
        Assert.Equal("probe", label.Text(1));
        return ExposedSample.ExampleOf(label.Text(2), message.Doubles(2).Single(), UnixSeconds(message.Bytes(3).Single()));
    }

    // google.protobuf.Timestamp, to the nanosecond.
    private static double UnixSeconds(byte[] timestamp)
    {
        var message = new Message(timestamp);
        return (double)(message.Numbers(1).Single() + (message.Numbers(2).Single() / 1e9m));
    }

    // As Prometheus makes a label of a bound (its formatOpenMetricsFloat).
    private static string Bound(double bound)
    {
        var text = bound.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        return text.All(char.IsAsciiDigit) ? $"{text}.0" : text;
    }

    private static long Signed(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var one = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80)
            {
                return value;
            }
        }
    }

    private sealed class Message
    {
        private readonly List<(int Field, ulong Number, byte[]? Bytes)> _fields = [];

        public Message(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                var tag = Varint(ref bytes);
                var field = (int)(tag >> 3);
                switch (tag & 7)
                {
                    case 0:
                        _fields.Add((field, Varint(ref bytes), null));
                        break;
                    case 1:
                        _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(bytes), null));
                        bytes = bytes[8..];
                        break;
                    case 2:
                        var length = (int)Varint(ref bytes);
                        _fields.Add((field, 0, bytes[..length].ToArray()));
                        bytes = bytes[length..];
                        break;
                    default:
                        throw new InvalidOperationException($"field {field} has wire type {tag & 7}");
                }
            }
        }

        public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Single());

        public List<byte[]> Bytes(int field) => [.. _fields.Where(one => one.Field == field).Select(one => one.Bytes!)];

        public List<ulong> Numbers(int field) => [.. _fields.Where(one => one.Field == field).Select(one => one.Number)];

        public List<double> Doubles(int field) => [.. Numbers(field).Select(BitConverter.UInt64BitsToDouble)];
    }
}
