using System.Globalization;
using System.Text;

namespace ZmqExporter.Content;

/// <summary>One step of a plain path: a name in an object, an index in an array, or all that is in either.</summary>
/// <param name="Name">The name, in UTF-8; null for the others.</param>
/// <param name="Index">The index.</param>
/// <param name="IsAll">Whether it is <c>[*]</c>.</param>
internal readonly record struct JsonStep(byte[]? Name, int Index, bool IsAll)
{
    /// <summary>Reads a step: <c>.name</c>, <c>['name']</c>, <c>[0]</c>, <c>[*]</c> or <c>.*</c>.</summary>
    public static JsonStep Of(string text) => text switch
    {
        ".*" or "[*]" => new JsonStep(Name: null, 0, IsAll: true),
        ['.', ..] => new JsonStep(Encoding.UTF8.GetBytes(text[1..]), 0, IsAll: false),
        ['[', '\'', ..] => new JsonStep(Encoding.UTF8.GetBytes(text[2..^2]), 0, IsAll: false),
        _ => new JsonStep(Name: null, int.Parse(text.AsSpan(1..^1), NumberStyles.None, CultureInfo.InvariantCulture), IsAll: false),
    };
}
