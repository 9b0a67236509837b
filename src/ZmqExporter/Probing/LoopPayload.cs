using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ZmqExporter.Probing;

/// <summary>What a message of a loop is for.</summary>
internal enum LoopKind
{
    /// <summary>Shows that the path lets messages through; how many of these come says nothing.</summary>
    WarmUp = 'w',

    /// <summary>One that is counted.</summary>
    Message = 'm',

    /// <summary>Sent after the others: what came out twice has come twice before this one.</summary>
    Fence = 'f',
}

/// <summary>What the bytes of a loop's message say.</summary>
/// <param name="Token">The probe.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Number">Its zero-based number.</param>
/// <param name="IsWhole">Whether all bytes are as they were sent.</param>
internal readonly record struct LoopPiece(ProbeToken Token, LoopKind Kind, int Number, bool IsWhole);

/// <summary>Writes and reads the bytes of a loop's messages: token, kind and number as text, and dots up to the size.</summary>
internal static class LoopPayload
{
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    private const byte Filler = (byte)'.';
    private const int NumberAt = ProbeToken.Length + 3;
    private const int NumberLength = 5;
    private const int FillerAt = NumberAt + NumberLength + 1;

    /// <summary>The bytes of a message.</summary>
    public static byte[] Write(ProbeToken token, LoopKind kind, int number, int size)
    {
        var bytes = new byte[size];
        bytes.AsSpan().Fill(Filler);
        var head = string.Create(CultureInfo.InvariantCulture, $"{token} {(char)kind} {number:D5} ");
        Encoding.ASCII.GetBytes(head, bytes);
        return bytes;
    }

    /// <summary>Reads the bytes of a message.</summary>
    /// <returns>False when they are none of this process.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int size, out LoopPiece piece)
    {
        piece = default;
        if (bytes.Length < FillerAt
            || !ProbeToken.TryParse(bytes[..ProbeToken.Length], out var token)
            || !Utf8Parser.TryParse(bytes.Slice(NumberAt, NumberLength), out int number, out var read) || read != NumberLength)
        {
            return false;
        }

        piece = new LoopPiece(token, (LoopKind)bytes[ProbeToken.Length + 1], number, bytes.Length == size && !bytes[FillerAt..].ContainsAnyExcept(Filler));
        return true;
    }

    /// <summary>Whether bytes are those of a loop's message of any process: of another exporter, or of this one before it was started again.</summary>
    public static bool IsOfAny(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= FillerAt
        && !bytes[..ProbeToken.Length].ContainsAnyExcept(HexDigits)
        && (LoopKind)bytes[ProbeToken.Length + 1] is LoopKind.WarmUp or LoopKind.Message or LoopKind.Fence
        && !bytes.Slice(NumberAt, NumberLength).ContainsAnyExceptInRange((byte)'0', (byte)'9')
        && !bytes[FillerAt..].ContainsAnyExcept(Filler);
}
