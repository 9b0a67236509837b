using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ZmqExporter.Configuration;

/// <summary>
/// A part of all targets: those whose name, which is the <c>target</c> label, has this remainder. It is the number that Prometheus'
/// <c>hashmod</c> gives the same label. Immutable.
/// </summary>
/// <param name="Index">Which of the parts, from 0.</param>
/// <param name="Count">How many parts there are.</param>
internal sealed record Shard(int Index, int Count)
{
    private const string Form = "write i/n, where n exporters share the targets and i, from 0 to n-1, is the number of this one, such as 0/3";

    /// <summary>All targets.</summary>
    public static Shard Whole { get; } = new(0, 1);

    /// <summary>Whether others have a part, too.</summary>
    public bool IsPart => Count > 1;

    /// <summary>Reads a text such as "0/3".</summary>
    /// <param name="text">The text.</param>
    /// <param name="shard">The shard; null when there is an error.</param>
    /// <returns>What is wrong and how to mend it; null when nothing is.</returns>
    public static string? TryParse(string text, out Shard? shard)
    {
        shard = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryRead(text.AsSpan(0, slash), out var index) || !TryRead(text.AsSpan(slash + 1), out var count))
        {
            return $"{Quoted.Text(text)} is no shard; {Form}";
        }

        if (count == 0)
        {
            return $"{Quoted.Text(text)} has no shards; {Form}";
        }

        if (index >= count)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Quoted.Text(text)}: there is no shard {index} of {count}, because the first one is 0; {Form}");
        }

        shard = new Shard(index, count);
        return null;
    }

    /// <summary>Whether a target belongs to it.</summary>
    /// <param name="target">Its name.</param>
    public bool Has(string target) => !IsPart || HashOf(target) % (ulong)Count == (ulong)Index;

    /// <summary>As the command line has it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    // model/relabel/relabel.go: the last eight of the sixteen bytes of the value's MD5, the most significant one first.
    private static ulong HashOf(string value)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
#pragma warning disable CA5351 // Prometheus takes MD5, and nothing is kept secret by it.
        MD5.HashData(Encoding.UTF8.GetBytes(value), hash);
#pragma warning restore CA5351
        return BinaryPrimitives.ReadUInt64BigEndian(hash[8..]);
    }

    // Digits alone: no sign, no space.
    private static bool TryRead(ReadOnlySpan<char> digits, out int number) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
