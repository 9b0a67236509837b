using System.Globalization;

namespace ZmqExporter.Teaching;

/// <summary>Where in messages something is, as the keys of a source. Equal by its keys.</summary>
/// <param name="Frame">The number of the frame.</param>
/// <param name="Way">The keys that lead into the frame, such as <c>decode: [zlib]</c>; empty for none.</param>
/// <param name="Where">The key that looks into it, with its value; empty for the whole frame.</param>
internal sealed record Place(int Frame, string Way, string Where)
{
    /// <summary>The keys on one line: <c>frame: 1, json: $.status</c>; empty for the whole of frame 0.</summary>
    public string Keys => Join(Frame == 0 ? "" : FrameKey, Way, Where);

    /// <summary>The same, also with <c>frame: 0</c>.</summary>
    public string KeysWithFrame => Frame == 0 ? Join(FrameKey, Keys) : Keys;

    private string FrameKey => string.Create(CultureInfo.InvariantCulture, $"frame: {Frame}");

    /// <summary>Keys on one line; empty ones are left out.</summary>
    public static string Join(params IEnumerable<string> keys) => string.Join(", ", keys.Where(key => key.Length > 0));
}
