using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;

namespace ZmqExporter.Benchmarks.Rules;

/// <summary>Writes series into a Prometheus by its remote write: three days of scrapes would take three days.</summary>
/// <param name="client">Its base address is Prometheus.</param>
internal sealed class RemoteWriter(HttpClient client) : IDisposable
{
    private const int RequestLimit = 4 << 20;

    private readonly MemoryStream _request = new();

    /// <summary>The samples of a series in the form of the protocol; many series can share them.</summary>
    /// <param name="start">Unix time of the first one in seconds.</param>
    /// <param name="end">No sample is later.</param>
    /// <param name="step">Seconds from one to the next.</param>
    /// <param name="value">The value at an instant, or null for none.</param>
    public static byte[] Samples(long start, long end, int step, Func<long, double?> value)
    {
        using var samples = new MemoryStream();
        using var sample = new MemoryStream();
        Span<byte> bytes = stackalloc byte[8];
        for (var time = start; time <= end; time += step)
        {
            if (value(time) is { } number)
            {
                sample.SetLength(0);
                sample.WriteByte(0x09); // field 1, eight bytes
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
                sample.Write(bytes);
                sample.WriteByte(0x10); // field 2, varint
                WriteVarint(sample, (ulong)time * 1000);
                WriteField(samples, 0x12, sample.GetBuffer().AsSpan(0, (int)sample.Length));
            }
        }

        return samples.ToArray();
    }

    /// <summary>Adds a series; it is sent with others.</summary>
    /// <param name="labels">Its labels with <c>__name__</c>, in order of their names.</param>
    /// <param name="samples">What <see cref="Samples"/> made.</param>
    public async Task WriteAsync(IEnumerable<(string Name, string Value)> labels, byte[] samples)
    {
        if (samples.Length == 0)
        {
            return;
        }

        using var series = new MemoryStream();
        foreach (var (name, value) in labels)
        {
            using var label = new MemoryStream();
            WriteField(label, 0x0A, Encoding.UTF8.GetBytes(name));
            WriteField(label, 0x12, Encoding.UTF8.GetBytes(value));
            WriteField(series, 0x0A, label.ToArray());
        }

        _request.WriteByte(0x0A);
        WriteVarint(_request, (ulong)(series.Length + samples.Length));
        series.WriteTo(_request);
        _request.Write(samples);
        if (_request.Length > RequestLimit)
        {
            await FlushAsync();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _request.Dispose();

    /// <summary>Sends what is left.</summary>
    public async Task FlushAsync()
    {
        using var content = new ByteArrayContent(Snappy(_request.GetBuffer().AsSpan(0, (int)_request.Length)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        using var response = await client.PostAsync(new Uri("api/v1/write", UriKind.Relative), content);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
        }

        _request.SetLength(0);
    }

    // Snappy's framing of bytes that are not compressed: enough for the loopback.
    private static byte[] Snappy(ReadOnlySpan<byte> bytes)
    {
        const int Longest = 1 << 16;
        using var packed = new MemoryStream(bytes.Length + 1024);
        WriteVarint(packed, (ulong)bytes.Length);
        while (bytes.Length > 0)
        {
            var length = Math.Min(Longest, bytes.Length);
            packed.WriteByte(61 << 2); // a literal whose length follows in two bytes
            packed.WriteByte((byte)((length - 1) & 0xFF));
            packed.WriteByte((byte)((length - 1) >> 8));
            packed.Write(bytes[..length]);
            bytes = bytes[length..];
        }

        return packed.ToArray();
    }

    private static void WriteField(Stream stream, byte tag, ReadOnlySpan<byte> bytes)
    {
        stream.WriteByte(tag);
        WriteVarint(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteVarint(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
