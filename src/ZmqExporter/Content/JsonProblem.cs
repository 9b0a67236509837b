using System.Globalization;
using System.Text.Json;

namespace ZmqExporter.Content;

/// <summary>Why a document cannot be looked into, as the end of a sentence.</summary>
internal static class JsonProblem
{
    private const int AnyDepth = int.MaxValue; // a bit for each level

    private static readonly string TooDeep = string.Create(CultureInfo.InvariantCulture, $", which is nested more than {PathTree.Options.MaxDepth} levels deep: too deep to look into");

    /// <summary>Tells JSON that is nested too deeply from what is none.</summary>
    /// <param name="json">What could not be read.</param>
    public static string Of(ReadOnlySpan<byte> json)
    {
        try
        {
            var options = PathTree.Options;
            options.MaxDepth = AnyDepth;
            var reader = new Utf8JsonReader(json, options);
            var isTooDeep = false;
            while (reader.Read())
            {
                isTooDeep |= reader.CurrentDepth >= PathTree.Options.MaxDepth;
            }

            return isTooDeep ? TooDeep : JsonQuery.NotJson;
        }
        catch (JsonException)
        {
            return JsonQuery.NotJson;
        }
    }
}
