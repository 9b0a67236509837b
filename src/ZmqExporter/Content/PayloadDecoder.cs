using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Compression;

namespace ZmqExporter.Content;

/// <summary>Unpacks. What comes out is bounded in bytes and by what came in, because it is in the hands of the peer: a few bytes can stand for gigabytes.</summary>
internal static class PayloadDecoder
{
    /// <summary>More bytes never come out.</summary>
    public const int MaxLength = 4 << 20;

    private const int MaxRatio = 200;
    private const int RatioCountsFrom = 64 * 1024;
    private const int Chunk = 16 * 1024;

    /// <summary>Unpacks one layer.</summary>
    /// <param name="decoding">How it is packed.</param>
    /// <param name="packed">All of it.</param>
    /// <param name="output">Takes what comes out.</param>
    /// <returns>What is wrong with it, as <see cref="FoundValue.Problem"/>, or null.</returns>
    public static string? Decode(Decoding decoding, ReadOnlySpan<byte> packed, ArrayBufferWriter<byte> output) =>
        decoding == Decoding.Base64 ? DecodeBase64(packed, output) : Inflate(decoding, packed, output);

    private static string? DecodeBase64(ReadOnlySpan<byte> packed, ArrayBufferWriter<byte> output)
    {
        if (Base64.GetMaxDecodedFromUtf8Length(packed.Length) > MaxLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $", of which more than {MaxLength} bytes of base64 come out: too much to look at");
        }

        var target = output.GetSpan(Base64.GetMaxDecodedFromUtf8Length(packed.Length));
        if (Base64.DecodeFromUtf8(packed, target, out _, out var written) != OperationStatus.Done)
        {
            return ", which is not base64";
        }

        output.Advance(written);
        return null;
    }

    private static string? Inflate(Decoding decoding, ReadOnlySpan<byte> packed, ArrayBufferWriter<byte> output)
    {
        var rented = ArrayPool<byte>.Shared.Rent(packed.Length);
        try
        {
            packed.CopyTo(rented);
            using var source = new MemoryStream(rented, 0, packed.Length, writable: false);
            using Stream stream = decoding switch
            {
                Decoding.Zlib => new ZLibStream(source, CompressionMode.Decompress),
                Decoding.Gzip => new GZipStream(source, CompressionMode.Decompress),
                _ => new BrotliStream(source, CompressionMode.Decompress),
            };
            var most = Math.Min(MaxLength, Math.Max(RatioCountsFrom, MaxRatio * (long)packed.Length));
            while (true)
            {
                var read = stream.Read(output.GetSpan(Chunk)[..Chunk]);
                if (read == 0)
                {
                    return packed.IsEmpty ? $", which is not {NameOf(decoding)}" : null;
                }

                output.Advance(read);
                if (output.WrittenCount > most)
                {
                    return string.Create(
                        CultureInfo.InvariantCulture, $", of which more than {most} bytes of {NameOf(decoding)} came out: too much to look at");
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or InvalidOperationException)
        {
            return $", which is not {NameOf(decoding)}";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static string NameOf(Decoding decoding) => decoding switch
    {
        Decoding.Zlib => "zlib",
        Decoding.Gzip => "gzip",
        Decoding.Brotli => "brotli",
        _ => "base64",
    };
}
