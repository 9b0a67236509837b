using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ZmqExporter.Teaching;

/// <summary>What stood at each place of some messages. Not changed once it is made.</summary>
internal sealed class ColumnTable
{
    private const int MaxColumns = 500;
    private const int MaxItems = 8; // a longer list without objects is no record
    private const int MaxFrames = 256;

    private readonly Dictionary<Place, Column> _columns = [];
    private readonly Dictionary<Place, SeenArray> _arrays = [];
    private readonly ImmutableArray<ImmutableArray<FrameReading>> _messages;
    private readonly ImmutableArray<SeenMessage> _seen;

    /// <param name="seen">The messages.</param>
    /// <param name="readings">Their frames, read.</param>
    public ColumnTable(ImmutableArray<SeenMessage> seen, ImmutableArray<ImmutableArray<FrameReading>> readings)
    {
        (_seen, _messages) = (seen, readings);
        Topics = seen.All(message => message.Frames.Length > 1) ? [.. seen.Select(message => Encoding.Latin1.GetString(message.Frames[0].Bytes.Span))] : null;
        for (var frame = 0; frame < Math.Min(MaxFrames, readings.Select(message => message.Length).DefaultIfEmpty().Max()); frame++)
        {
            Read(frame);
        }
    }

    /// <summary>The places with a value each, in the order in which they stand in the messages.</summary>
    public IReadOnlyCollection<Column> Columns => _columns.Values;

    /// <summary>Numbers in frames of unknown form that may mean something.</summary>
    public List<Column> Bytes { get; } = [];

    /// <summary>The lists of objects.</summary>
    public IReadOnlyCollection<SeenArray> Arrays => _arrays.Values;

    /// <summary>How many messages there are.</summary>
    public int Messages => _messages.Length;

    /// <summary>How many frames each message has; null when not all have the same number.</summary>
    public int? FrameCount => _messages.Select(message => message.Length).Distinct().ToList() is [var count and <= MaxFrames] ? count : null;

    /// <summary>The first frame of each message; null when some have no other.</summary>
    public IReadOnlyList<string>? Topics { get; }

    /// <summary>Frames that are one thing in some messages and another in others.</summary>
    public List<int> Mixed { get; } = [];

    private void Read(int frame)
    {
        var readings = _messages.Where(message => message.Length > frame).Select(message => message[frame]).ToList();
        if (readings is not [var first, ..]
            || readings.Exists(reading => reading.Form != first.Form || reading.Way != first.Way || reading.Document?.Format != first.Document?.Format))
        {
            Mixed.Add(frame);
            return;
        }

        if (first.Form == FrameForm.Binary && readings.TrueForAll(reading => reading.Problem is null))
        {
            Bytes.AddRange(ByteColumns.Of(frame, first.Way, _messages, _seen));
        }

        var hasShape = first.Form == FrameForm.Text && Shapes(frame);
        for (var message = 0; message < _messages.Length; message++)
        {
            if (_messages[message].Length <= frame)
            {
                continue;
            }

            var reading = _messages[message][frame];
            if (reading.Document is { } document)
            {
                if (reading.After.Length > 0)
                {
                    Find(new Place(frame, reading.DecodeKeys, ""), ColumnOrigin.Start, [], $"frame {frame}")?.Add(message, DocumentKind.Text, reading.Text);
                }

                Walk(message, new DocumentPlace(frame, first.Way, document.Key), document.Root, []);
            }
            else if (first.Form == FrameForm.Text && reading.Problem is null)
            {
                AddText(message, frame, first.Way, reading.Text, hasShape);
            }
        }
    }

    private bool Shapes(int frame)
    {
        var shapes = _messages.Where(message => message.Length > frame).Select(message => TextShape.Of(message[frame].Text)).ToList();
        return shapes.TrueForAll(shape => shape is { Numbers.IsEmpty: false } && shape.IsLike(shapes[0]!));
    }

    private void AddText(int message, int frame, string way, string text, bool hasShape)
    {
        var whole = string.Create(CultureInfo.InvariantCulture, $"frame {frame}");
        AddNamed(Find(new Place(frame, way, ""), ColumnOrigin.Text, [], whole), message, DocumentKind.Text, text);
        if (!hasShape || TextShape.Of(text) is not { } shape || shape.Literals.All(literal => literal.Length == 0))
        {
            return; // a number alone is the whole frame
        }

        for (var i = 0; i < shape.Numbers.Length; i++)
        {
            var place = new Place(frame, way, $"matches: {YamlText.Scalar(shape.PatternOf(i))}");
            Find(place, ColumnOrigin.TextPart, [shape.WordOf(i)], string.Create(CultureInfo.InvariantCulture, $"number {i + 1} of {whole}"))
                ?.Add(message, DocumentKind.Text, shape.Numbers[i]);
        }
    }

    private void Walk(int message, DocumentPlace at, DocumentNode node, ImmutableArray<string> words)
    {
        if (node.Kind == DocumentKind.Array && node.Items.Count > 0 && node.Items.TrueForAll(item => item.Kind == DocumentKind.Object))
        {
            if (node.Path is not null)
            {
                var place = at.Of(node.Path);
                if (!_arrays.TryGetValue(place, out var array) && _arrays.Count < MaxColumns)
                {
                    _arrays[place] = array = new SeenArray(at.Frame, at.Way, at.Key, node.Path, words);
                }

                array?.Lists.Add(node.Items);
            }

            return;
        }

        if (node.Kind == DocumentKind.Array && node.Items.Count > MaxItems)
        {
            return;
        }

        var index = 0;
        foreach (var (name, child) in node.Children)
        {
            Walk(message, at, child, words.Add(name ?? index.ToString(CultureInfo.InvariantCulture)));
            index++;
        }

        if (node.Path is not null && node.Kind is not (DocumentKind.Object or DocumentKind.Array))
        {
            AddNamed(Find(at.Of(node.Path), ColumnOrigin.Document, words, Printable.Of(node.Path, 80)), message, node.Kind, node.Text);
        }
    }

    private Column? Find(Place place, ColumnOrigin origin, ImmutableArray<string> words, string shown)
    {
        if (!_columns.TryGetValue(place, out var column) && _columns.Count < MaxColumns)
        {
            _columns[place] = column = new Column(place, origin, words, shown, _messages.Length);
        }

        return column;
    }

    // What we sent as {token}, and came back, is called so.
    private void AddNamed(Column? column, int message, DocumentKind kind, string text)
    {
        var token = text.Contains(Column.Token, StringComparison.Ordinal) ? null
            : _seen[message].Tokens.FirstOrDefault(token => text.Contains(token, StringComparison.Ordinal));
        column?.Add(message, kind, token is null ? text : text.Replace(token, Column.Token, StringComparison.Ordinal), isEcho: token is not null);
    }

    private readonly record struct DocumentPlace(int Frame, string Way, string Key)
    {
        public Place Of(string path) => new(Frame, Way, $"{Key}: {YamlText.Scalar(path)}");
    }
}

/// <summary>A list of objects, in each message that had it.</summary>
/// <param name="Frame">The number of the frame.</param>
/// <param name="Way">The keys that lead into the frame.</param>
/// <param name="Key">The key of a source for its format.</param>
/// <param name="Path">The path that selects the list.</param>
/// <param name="Words">The names that lead to it.</param>
internal sealed record SeenArray(int Frame, string Way, string Key, string Path, ImmutableArray<string> Words)
{
    /// <summary>The items, message by message.</summary>
    public List<List<DocumentNode>> Lists { get; } = [];
}
