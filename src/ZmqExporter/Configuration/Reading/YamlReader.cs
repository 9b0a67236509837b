using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ZmqExporter.Configuration.Reading;

/// <summary>
/// Turns text into one tree of nodes, within bounds. It reads the parser's events rather than YamlDotNet's own tree, whose loader
/// recurses as deep as the file asks for.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Levels of nesting: far above what any key needs, and far below what a stack holds.</summary>
    internal const int MaxDepth = 64;

    /// <summary>What all aliases of a file may stand for in total, in <see cref="YamlNode.Weight"/>: "billion laughs" stops here.</summary>
    internal const long MaxAliasWeight = 1_000_000;

    // Without its name: it may be a password that nobody put in quotes.
    private const string UnsupportedTag = "this YAML tag is not supported";
    private const string TagRemedy = "remove the tag; put text that starts with ! in quotes";

    private readonly string _text;
    private readonly string _file;
    private readonly string _ifEmpty;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly Func<string, ScalarExpansion> _expand;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private readonly List<YamlProblem> _problems = [];
    private long _aliasWeight;

    private YamlReader(string text, string file, Func<string, ScalarExpansion> expand, string ifEmpty)
    {
        _text = text;
        _file = file;
        _ifEmpty = ifEmpty;
        _expand = expand;
        _scanner = new Scanner(new StringReader(text), skipComments: true);
        _parser = new Parser(_scanner);
    }

    /// <summary>Reads a document.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">Its name, for the marks.</param>
    /// <param name="expand">Replaces the variables of one scalar.</param>
    /// <param name="ifEmpty">What to write into a file that is empty.</param>
    /// <returns>The root, or null when the file cannot be read on; and the problems, in the order of the file.</returns>
    public static (YamlNode? Root, IReadOnlyList<YamlProblem> Problems) Read(
        string text, string file, Func<string, ScalarExpansion> expand, string ifEmpty = "write at least targets: []")
    {
        var reader = new YamlReader(text, file, expand, ifEmpty);
        try
        {
            return (reader.ReadDocument(), reader._problems);
        }
        catch (YamlException exception)
        {
            reader._problems.AddRange(YamlSyntax.Describe(exception, text, file));
            return (null, reader._problems);
        }
    }

    private YamlNode? ReadDocument()
    {
        _ = Next(); // StreamStart
        if (Next() is not DocumentStart)
        {
            return Stop(new YamlMark(_file, 1, 1), "", "the file is empty", _ifEmpty);
        }

        _ = Next();
        var root = ReadNode("", 1);
        if (root is null)
        {
            return null;
        }

        _ = Next(); // DocumentEnd
        return Next() is DocumentStart second
            ? Stop(Mark(second), "", "a second YAML document starts here", "keep one document in the file and remove the --- line")
            : root;
    }

    /// <summary>Reads the node of the current event and leaves the parser at its last event; null when reading cannot go on.</summary>
    private YamlNode? ReadNode(string path, int depth)
    {
        var start = _parser.Current ?? throw Incomplete(null);
        if (depth > MaxDepth)
        {
            return Stop(Mark(start), path, $"values are nested more than {MaxDepth} deep", "remove some of the nesting");
        }

        var node = start switch
        {
            AnchorAlias alias => ReadAlias(alias, path, depth),
            Scalar scalar => ReadScalar(scalar, path),
            SequenceStart sequence => ReadSequence(sequence, path, depth),
            MappingStart mapping => ReadMapping(mapping, path, depth),
            _ => throw Incomplete(null), // YamlDotNet 18.1.0 ends some broken mappings between a key and its value
        };
        if (node is not null && start is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor.Value] = node;
        }

        return node;
    }

    private YamlNode? ReadAlias(AnchorAlias alias, string path, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var node))
        {
            // Without its name: it may be a password that nobody put in quotes.
            return Stop(
                Mark(alias),
                path,
                "this alias has no anchor before it",
                "write & and its name before the value that it stands for, outside this value; put text that starts with * in quotes");
        }

        _aliasWeight += node.Weight;
        if (_aliasWeight > MaxAliasWeight || depth + node.Height - 1 > MaxDepth)
        {
            return Stop(
                Mark(alias),
                path,
                "the aliases of this file stand for too many values",
                "write the values out, or use fewer aliases of aliases");
        }

        return node;
    }

    private YamlScalar ReadScalar(Scalar scalar, string path)
    {
        // "!" and "!!str" say "text"; other tags would change what the value means, so they are refused.
        var tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        var isText = tag is "!" or "tag:yaml.org,2002:str";
        var isBroken = tag.Length > 0 && !isText && Report(
            Mark(scalar),
            path,
            UnsupportedTag,
            TagRemedy);
        var expansion = _expand(scalar.Value);
        if (expansion.Problem is not null)
        {
            isBroken = Report(Mark(scalar), path, expansion.Problem, expansion.Remedy);
        }
        else if (!Unicode.IsWellFormed(expansion.Text))
        {
            isBroken = Report(
                Mark(scalar),
                path,
                "the value has half of a surrogate pair, which is not a character",
                "write the character itself, or both halves");
        }

        return new YamlScalar(Mark(scalar), expansion.Text, scalar.Value, isText || scalar.Style != ScalarStyle.Plain, isBroken)
        {
            HasEscapes = scalar.Style == ScalarStyle.DoubleQuoted,
            ByteEscape = scalar.Style == ScalarStyle.DoubleQuoted ? ByteEscapes.First(scalar, _text) : null,
        };
    }

    private YamlSequence? ReadSequence(SequenceStart start, string path, int depth)
    {
        CheckCollectionTag(start, path);
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (Next() is not SequenceEnd)
        {
            if (ReadNode(Quoted.Path(path, items.Count), depth + 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new YamlSequence(Mark(start), items.DrainToImmutable());
    }

    private YamlMapping? ReadMapping(MappingStart start, string path, int depth)
    {
        CheckCollectionTag(start, path);
        var entries = ImmutableArray.CreateBuilder<YamlEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (Next() is not MappingEnd)
        {
            var keyMark = Mark(_parser.Current!);
            var key = (_parser.Current as Scalar)?.Value;
            if (key is null && ReadNode(path, depth + 1) is null)
            {
                return null;
            }

            var keyPath = key is null ? path : Quoted.Path(path, key);
            _ = Next();
            if (ReadNode(keyPath, depth + 1) is not { } value)
            {
                return null;
            }

            if (IsUsable(key, keyMark, keyPath, lines))
            {
                entries.Add(new YamlEntry(key!, keyMark, value));
            }
        }

        return new YamlMapping(Mark(start), entries.DrainToImmutable());
    }

    private bool IsUsable(string? key, YamlMark mark, string path, Dictionary<string, int> lines)
    {
        if (key is null)
        {
            return !Report(mark, path, "a key must be a single word, not a list, a mapping or an alias", "write the key itself");
        }

        if (key == "<<")
        {
            return !Report(
                mark,
                path,
                "YAML's merge key << is not supported",
                "use extends: for modules and defaults: for the rest, or write the keys out");
        }

        if (!Unicode.IsWellFormed(key))
        {
            return !Report(mark, path, "the key has half of a surrogate pair, which is not a character", "write the character itself");
        }

        return lines.TryAdd(key, mark.Line) || !Report(mark, path, $"the key is already there in line {lines[key]}", "keep one of the two");
    }

    private void CheckCollectionTag(NodeEvent start, string path)
    {
        if (!start.Tag.IsEmpty && start.Tag.Value is not ("!" or "tag:yaml.org,2002:map" or "tag:yaml.org,2002:seq"))
        {
            _ = Report(Mark(start), path, UnsupportedTag, TagRemedy);
        }
    }

    private ParsingEvent? Next()
    {
        try
        {
            return _parser.MoveNext() ? _parser.Current : null;
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or ArgumentException or IndexOutOfRangeException
                or FormatException or OverflowException)
        {
            // YamlDotNet 18.1.0 fails so, instead of saying what is wrong, on text such as a list that is not closed before the next key.
            throw Incomplete(exception);
        }
    }

    private YamlException Incomplete(Exception? cause) =>
        new(_scanner.CurrentPosition, _scanner.CurrentPosition, "Before this place, something is not closed or not complete", cause);

    private YamlMark Mark(ParsingEvent parsed) => new(_file, (int)parsed.Start.Line, (int)parsed.Start.Column);

    private bool Report(YamlMark mark, string path, string message, string remedy)
    {
        _problems.Add(new YamlProblem(mark, path, message, remedy));
        return true;
    }

    private YamlNode? Stop(YamlMark mark, string path, string message, string remedy)
    {
        _ = Report(mark, path, message, remedy);
        return null;
    }
}
