using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>Fields of Prometheus' exposition messages, and how protobuf writes them.</summary>
/// <remarks>Sources: io.prometheus.client.MetricFamily; the protobuf encoding guide. Six kinds of fields are all that is needed: a library
/// would want generated code for the messages and an object for each sample.</remarks>
internal static class ProtobufFields
{
    // MetricFamily
    public const int FamilyName = 1;
    public const int FamilyHelp = 2;
    public const int FamilyType = 3;
    public const int FamilyMetric = 4;

    // MetricType
    public const uint TypeCounter = 0;
    public const uint TypeGauge = 1;
    public const uint TypeHistogram = 4;

    // Metric
    public const int MetricLabel = 1;
    public const int MetricGauge = 2;
    public const int MetricCounter = 3;
    public const int MetricHistogram = 7;

    // LabelPair
    public const int LabelName = 1;
    public const int LabelValue = 2;

    // Gauge and Counter
    public const int NumberValue = 1;
    public const int CounterExemplar = 2;
    public const int CounterCreated = 3;

    // Histogram
    public const int SampleCount = 1;
    public const int SampleSum = 2;
    public const int Bucket = 3;
    public const int Schema = 5;
    public const int ZeroThreshold = 6;
    public const int ZeroCount = 7;
    public const int PositiveSpan = 12;
    public const int PositiveDelta = 13;
    public const int HistogramCreated = 15;

    // Bucket
    public const int CumulativeCount = 1;
    public const int UpperBound = 2;
    public const int BucketExemplar = 3;

    // Exemplar
    public const int ExemplarLabel = 1;
    public const int ExemplarValue = 2;
    public const int ExemplarTimestamp = 3;

    // BucketSpan
    public const int SpanOffset = 1;
    public const int SpanLength = 2;

    // google.protobuf.Timestamp
    public const int Seconds = 1;
    public const int Nanoseconds = 2;

    /// <summary>How long a field with a double is; its number must be below 16, as in the other lengths here.</summary>
    public const int LengthOfDouble = 1 + sizeof(double);

    private const int VarintType = 0;
    private const int DoubleType = 1;
    private const int BytesType = 2;

    /// <summary>A whole number that is not negative.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public static void WriteUnsigned(ByteBuffer to, int field, ulong value)
    {
        WriteVarint(to, (ulong)((field << 3) | VarintType));
        WriteVarint(to, value);
    }

    /// <summary>A whole number that may be negative (sint32, sint64).</summary>
    [MethodImpl(FirstScrape.Hot)]
    public static void WriteSigned(ByteBuffer to, int field, long value) => WriteUnsigned(to, field, (ulong)((value << 1) ^ (value >> 63)));

    /// <summary>A double.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public static void WriteDouble(ByteBuffer to, int field, double value)
    {
        WriteVarint(to, (ulong)((field << 3) | DoubleType));
        to.AppendLittleEndian(value);
    }

    /// <summary>Bytes, or a message that is encoded already.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public static void WriteBytes(ByteBuffer to, int field, ReadOnlySpan<byte> bytes)
    {
        WriteLength(to, field, bytes.Length);
        to.Append(bytes);
    }

    /// <summary>What stands before the bytes of a field.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public static void WriteLength(ByteBuffer to, int field, int length)
    {
        WriteVarint(to, (ulong)((field << 3) | BytesType));
        WriteVarint(to, (ulong)length);
    }

    /// <summary>Text.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public static void WriteString(ByteBuffer to, int field, string text)
    {
        WriteLength(to, field, Encoding.UTF8.GetByteCount(text));
        to.AppendText(text);
    }

    /// <summary>How long a field with a whole number is.</summary>
    public static int LengthOfUnsigned(ulong value) => 1 + LengthOfVarint(value);

    /// <summary>How long a field with bytes is.</summary>
    public static int LengthOfField(int bytes) => 1 + LengthOfVarint((ulong)bytes) + bytes;

    /// <summary>How long a field with text is.</summary>
    public static int LengthOfString(string text) => LengthOfField(Encoding.UTF8.GetByteCount(text));

    /// <summary>A number in groups of seven bits.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public static void WriteVarint(ByteBuffer to, ulong value)
    {
        while (value >= 0x80)
        {
            to.Append((byte)(value | 0x80));
            value >>= 7;
        }

        to.Append((byte)value);
    }

    private static int LengthOfVarint(ulong value) => 1 + (BitOperations.Log2(value | 1) / 7);
}
