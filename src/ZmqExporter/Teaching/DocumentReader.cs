using System.Text;
using System.Text.Json;

namespace ZmqExporter.Teaching;

/// <summary>Reads JSON of any origin into a tree of bounded size, in which each value knows its path. Thread-safe.</summary>
internal static class DocumentReader
{
    private const int MaxDepth = 64; // that of JsonPath
    private const int MaxNodes = 10_000;
    private const int MaxText = 4096;
    private const int MaxPath = 1000; // that of a configuration

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads it; null when it is not JSON that a path could look into.</summary>
    public static DocumentNode? TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            if (!reader.Read())
            {
                return null;
            }

            var left = MaxNodes;
            var root = Read(ref reader, "$", ref left);
            while (reader.Read())
            {
                // What follows is no JSON: the reader throws.
            }

            return root;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // the second one: invalid UTF-8, or half of a surrogate pair
        }
    }

    /// <summary>The path of a member.</summary>
    public static string Member(string path, string name)
    {
        if (name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            return $"{path}.{name}";
        }

        var quoted = name.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal);
        return $"{path}['{quoted}']";
    }

    private static DocumentNode Read(ref Utf8JsonReader reader, string? path, ref int left)
    {
        left--;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, path, ref left);
            case JsonTokenType.StartArray:
                return ReadArray(ref reader, path, ref left);
            case JsonTokenType.String:
                var text = reader.GetString()!;
                return new DocumentNode(DocumentKind.Text, path, text.Length <= MaxText ? text : $"{Cut(text)}…");
            case JsonTokenType.Number:
                return new DocumentNode(DocumentKind.Number, path, Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, MaxText)]));
            case JsonTokenType.Null:
                return new DocumentNode(DocumentKind.Null, path, "null");
            default:
                return new DocumentNode(DocumentKind.Boolean, path, reader.TokenType == JsonTokenType.True ? "true" : "false");
        }
    }

    private static DocumentNode ReadObject(ref Utf8JsonReader reader, string? path, ref int left)
    {
        var node = new DocumentNode(DocumentKind.Object, path, "{}");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            _ = reader.Read();
            if (left <= 0 && !node.Members.ContainsKey(name))
            {
                reader.Skip();
                node.LeftOut++;
                continue;
            }

            node.Members[name] = Read(ref reader, Short(path is null || name.Length > MaxPath ? null : Member(path, name)), ref left);
        }

        return node;
    }

    private static DocumentNode ReadArray(ref Utf8JsonReader reader, string? path, ref int left)
    {
        var node = new DocumentNode(DocumentKind.Array, path, "[]");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (left <= 0)
            {
                reader.Skip();
                node.LeftOut++;
                continue;
            }

            node.Items.Add(Read(ref reader, Short(path is null ? null : $"{path}[{node.Items.Count}]"), ref left));
        }

        return node;
    }

    private static string? Short(string? path) => path?.Length <= MaxPath ? path : null;

    private static string Cut(string text) => char.IsHighSurrogate(text[MaxText - 1]) ? text[..(MaxText - 1)] : text[..MaxText];
}
