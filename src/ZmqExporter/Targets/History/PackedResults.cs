using System.Buffers.Text;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ZmqExporter.Targets.History;

/// <summary>Results as text: the bytes of each in base64.</summary>
internal static class PackedResults
{
    /// <summary>The text of results.</summary>
    public static string Pack(ImmutableArray<RecentResult> results) => Convert.ToBase64String(MemoryMarshal.AsBytes(results.AsSpan()));

    /// <summary>The results of a text, sensible or not; none when it is no such text.</summary>
    public static RecentResult[] Unpack(string? text)
    {
        if (text is null || !Base64.IsValid(text))
        {
            return [];
        }

        var bytes = Convert.FromBase64String(text);
        return bytes.Length % Unsafe.SizeOf<RecentResult>() == 0 ? MemoryMarshal.Cast<byte, RecentResult>(bytes).ToArray() : [];
    }
}
