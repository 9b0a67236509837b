using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace ZmqExporter.Configuration.Reading;

/// <summary>Turns JSON into the tree of nodes that YAML is turned into, so that both are bound alike. Its numbers are text.</summary>
internal ref struct JsonTree
{
    private readonly string _file;
    private readonly ReadOnlySpan<byte> _text;
    private readonly List<YamlProblem> _problems = [];
    private Utf8JsonReader _reader;
    private int _line = 1;
    private int _lineStart;
    private int _counted;

    private JsonTree(ReadOnlySpan<byte> text, string file)
    {
        _file = file;
        _text = text;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = YamlReader.MaxDepth });
    }

    /// <summary>Reads a document.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="file">Where it comes from, for the marks.</param>
    /// <returns>The root, or null when it is no JSON; and the problems, in the order of the text.</returns>
    public static (YamlNode? Root, IReadOnlyList<YamlProblem> Problems) Read(string text, string file)
    {
        var tree = new JsonTree(Encoding.UTF8.GetBytes(text), file);
        YamlNode? root = null;
        try
        {
            tree._reader.Read();
            root = tree.ReadNode("");
            tree._reader.Read(); // throws when something follows
            return (root, tree._problems);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair.
            var mark = exception is JsonException json
                ? new YamlMark(file, (int)(json.LineNumber ?? 0) + 1, (int)(json.BytePositionInLine ?? 0) + 1)
                : tree.Mark();
            var (message, remedy) = exception is not JsonException ? ("a text holds half of a surrogate pair", "write the character itself")
                : root is not null ? ("something follows the end of the list", "remove it")
                : tree._reader.CurrentDepth >= YamlReader.MaxDepth - 1 ? ($"nested more than {YamlReader.MaxDepth} deep", "write a list of groups")
                : ("this is not JSON, or is not complete", "check the commas, quotes and brackets around this place");
            tree._problems.Add(new YamlProblem(mark, "", message, remedy));
            return (null, tree._problems);
        }
    }

    private YamlNode ReadNode(string path)
    {
        var mark = Mark();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartArray:
                var items = ImmutableArray.CreateBuilder<YamlNode>();
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(ReadNode(Quoted.Path(path, items.Count)));
                }

                return new YamlSequence(mark, items.DrainToImmutable());
            case JsonTokenType.StartObject:
                return ReadObject(mark, path);
            case JsonTokenType.String:
                var text = _reader.GetString()!;
                return new YamlScalar(mark, text, text, isQuoted: true, isBroken: false);
            default:
                var word = Encoding.UTF8.GetString(_reader.ValueSpan);
                return new YamlScalar(mark, word, word, isQuoted: false, isBroken: false);
        }
    }

    private YamlMapping ReadObject(YamlMark mark, string path)
    {
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var keyMark = Mark();
            var key = _reader.GetString()!;
            _reader.Read();
            var value = ReadNode(Quoted.Path(path, key));
            if (lines.TryAdd(key, keyMark.Line))
            {
                entries.Add(new YamlEntry(key, keyMark, value));
            }
            else
            {
                _problems.Add(new YamlProblem(keyMark, Quoted.Path(path, key), $"the key is already there in line {lines[key]}", "keep one of the two"));
            }
        }

        return new YamlMapping(mark, entries.DrainToImmutable());
    }

    // Where the current token starts. Marks are asked for in the order of the text.
    private YamlMark Mark()
    {
        var start = (int)_reader.TokenStartIndex;
        for (; _counted < start; _counted++)
        {
            if (_text[_counted] == '\n')
            {
                _line++;
                _lineStart = _counted + 1;
            }
        }

        return new YamlMark(_file, _line, start - _lineStart + 1);
    }
}
