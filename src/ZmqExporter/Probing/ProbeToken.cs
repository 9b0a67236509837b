using System.Buffers.Text;
using System.Globalization;

namespace ZmqExporter.Probing;

/// <summary>
/// What ties a reply to its request: 24 hexadecimal digits, of which the first eight stand for this process and the rest count
/// up. So a token that comes back tells by itself whether it is ours and whether it is an old one.
/// </summary>
/// <param name="Number">The count.</param>
internal readonly record struct ProbeToken(ulong Number)
{
    /// <summary>Length in characters, all of them ASCII.</summary>
    public const int Length = ProcessLength + NumberLength;

    private const int ProcessLength = 8;
    private const int NumberLength = 16;

    // Random, so that two exporters on one server, or one before and after a restart, never take each other's replies. It is no secret, as every
    // server sees it, and a cryptographic source would load OpenSSL, 4 MB, into each process.
    private static readonly uint Process = (uint)Random.Shared.NextInt64(1L << 32);
    private static ulong s_last;

    /// <summary>A regular expression for any token.</summary>
    public const string Pattern = "[0-9a-f]{24}";

    /// <summary>What all tokens of this process begin with.</summary>
    public static string OfProcess => Process.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>A token that was never used. Thread-safe.</summary>
    public static ProbeToken Next() => new(Interlocked.Increment(ref s_last));

    /// <summary>The one that was made first.</summary>
    public static ProbeToken Older(ProbeToken? first, ProbeToken second) =>
        first is { } other && other.Number < second.Number ? other : second;

    /// <summary>Reads a token of this process.</summary>
    /// <returns>False for any other bytes, tokens of other processes included.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out ProbeToken token)
    {
        token = default;
        if (text.Length != Length
            || !Utf8Parser.TryParse(text[..ProcessLength], out uint process, out var processRead, 'x')
            || !Utf8Parser.TryParse(text[ProcessLength..], out ulong number, out var numberRead, 'x')
            || processRead != ProcessLength || numberRead != NumberLength
            || process != Process)
        {
            return false;
        }

        token = new ProbeToken(number);
        return true;
    }

    /// <summary>Writes the token's <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        Process.TryFormat(target, out _, "x8", CultureInfo.InvariantCulture);
        Number.TryFormat(target[ProcessLength..], out _, "x16", CultureInfo.InvariantCulture);
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Process:x8}{Number:x16}");
}
