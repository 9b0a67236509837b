using System.Globalization;
using System.Text;

namespace ZmqExporter.Targets.History;

/// <summary>
/// What names one probe of all of an exporter's: the millisecond of its end, and a mark of its target, because several end in one millisecond. It
/// needs no memory, and is the same after a restart. In exemplars and in URLs.
/// </summary>
internal static class ProbeId
{
    private const uint FnvOffset = 2166136261;
    private const uint FnvPrime = 16777619;

    /// <summary>The longest one, in characters.</summary>
    public const int MostLength = 25;

    /// <summary>The mark of a target: FNV-1a over its names, of 32 bits.</summary>
    public static uint MarkOf(string target, string module)
    {
        var hash = FnvOffset;
        foreach (var one in Encoding.UTF8.GetBytes($"{target}\0{module}"))
        {
            hash = (hash ^ one) * FnvPrime;
        }

        return hash;
    }

    /// <summary>The id, such as <c>19ab3f2c4d5-0a1b2c3d</c>.</summary>
    /// <param name="at">When the probe ended.</param>
    /// <param name="mark">Its target's mark.</param>
    public static string Of(DateTimeOffset at, uint mark) => string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeMilliseconds():x}-{mark:x8}");

    /// <summary>Reads one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="milliseconds">When the probe ended, in Unix time.</param>
    /// <param name="mark">Its target's mark.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryRead(string text, out long milliseconds, out uint mark)
    {
        mark = 0;
        milliseconds = 0;
        var parts = text.Split('-');
        return text.Length <= MostLength
            && parts is [var time, { Length: 8 } hash]
            && long.TryParse(time, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out milliseconds)
            && uint.TryParse(hash, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out mark);
    }
}
