using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Reads the numbers of one entry of <c>values</c>. Built once a module; immutable and thread-safe.</summary>
internal sealed class ValueEntry : IValueEntry
{
    private const int MaxItems = 20_000; // more are not even counted

    private readonly MessageSource _source;
    private readonly MessageSource? _document;
    private readonly JsonPath? _path;
    private readonly JsonPath? _list; // what the items are in, where that can be told
    private readonly JsonPath? _before; // names before the first step that selects many; null where there are none
    private readonly PathTree? _tree; // without items: where the number is, and then where the labels are
    private readonly bool _hasQueries; // in the items
    private readonly string? _selectsNothing; // said of many messages: made once
    private readonly string? _hasNoNumber;
    private readonly ImmutableArray<(int Index, MessageSource Source)> _placedLabels; // found once a message, and not in each item

    public ValueEntry(ValueConfig value)
    {
        Value = value;
        _source = Sources.From(value.Source);
        _placedLabels =
        [
            .. value.Labels.Select((label, index) => (Index: index, label.Source)).Where(label => label.Source is not null)
                .Select(label => (label.Index, Sources.From(label.Source!))),
        ];
        if (value.Source.Selector is SelectorConfig.Document document && (value.Each is not null || value.Labels.Any(label => label.Path is not null)))
        {
            _path = document.Path;
            _document = Sources.From(value.Source with { Selector = document with { Path = JsonPath.Root } });
        }

        JsonPath[] paths = [.. _path is null ? Array.Empty<JsonPath>() : [_path], .. value.Labels.Select(label => label.Path).OfType<JsonPath>()];
        _tree = _path is not null && value.Each is null && paths.All(path => path.IsPlain) ? new PathTree([.. paths.Select(path => path.Steps!.Value)]) : null;
        _before = BeforeMany(value.Each?.ToString() ?? "");
        _hasQueries = paths.Any(path => !path.IsPlain);
        _selectsNothing = value.Each is null ? null : $", in which {value.Each} selects nothing";
        _hasNoNumber = value.Each is null ? null : $", in which no item of {value.Each} has a number at {_path}";
        _list = value.Each?.ToString() is { } each && each.EndsWith("[*]", StringComparison.Ordinal) ? JsonPath.TryParse(each[..^3], out _) : null;
    }

    /// <inheritdoc />
    public ValueConfig Value { get; }

    /// <inheritdoc />
    public bool Read(ZmtpMessage message, ValueBuffers buffers, ValueReading reading)
    {
        var labels = Value.Labels.IsEmpty ? [] : new string[Value.Labels.Length];
        if (!TryReadPlacedLabels(message, labels, buffers.Value))
        {
            return false;
        }

        var start = reading.Samples.Count;
        var isListThere = false;
        var isFound = Value.Source.Frame < message.FrameCount && Read(message[Value.Source.Frame], labels, buffers, reading, out isListThere);
        if (Value.Each is not null)
        {
            string[] placed = [.. labels.Select(label => label ?? "")];
            reading.Lists.Add(new MessageList(Value, ImmutableCollectionsMarshal.AsImmutableArray(placed), start, reading.Samples.Count - start, isFound || isListThere));
        }
        else if (!isFound && Value.Labels.All(label => label.Path is null))
        {
            string[] known = [.. labels.Select((label, index) => label ?? Value.Labels[index].Text)];
            reading.Absent.Add(new ValueSample(Value, ImmutableCollectionsMarshal.AsImmutableArray(known), 0));
        }

        return isFound;
    }

    private bool Read(ReadOnlySpan<byte> frame, string[] labels, ValueBuffers buffers, ValueReading reading, out bool isListThere)
    {
        isListThere = false;
        var room = Value.MaxSeries;
        if (_document is null)
        {
            return Add(_source.Find(frame, buffers.Value), [], [], labels, buffers, reading, ref room);
        }

        if (_tree is not null)
        {
            var document = _document.FindDocument(frame, buffers.Document);
            Span<JsonPlace> places = stackalloc JsonPlace[1 + Value.Labels.Length];
            return document.Exists && _tree.TryFollow(document.Text, places)
                && Add(_path!.At(document.Text, places[0], buffers.Value), document.Text, places[1..], labels, buffers, reading, ref room);
        }

        // The items are JSON, in which the paths lead on.
        var json = _document.Find(frame, buffers.Document);
        if (json.Kind != FoundKind.Other)
        {
            return false;
        }

        if (Value.Each is null)
        {
            return Add(_path!.Select(json.Text, buffers.Value), json.Text, [], labels, buffers, reading, ref room);
        }

        var deadline = buffers.Value.QueryDeadline!.Value;
        var items = Value.Each.SelectAll(json.Text, MaxItems, deadline);
        isListThere = HasList(json.Text, buffers);
        var isFound = items is { Problem: null, All.IsEmpty: true } && IsEmptyList(json.Text, buffers);
        foreach (var item in items.All)
        {
            isFound |= Add(_path!.Select(item, buffers.Value), item, [], labels, buffers, reading, ref room);
        }

        reading.ItemProblem = items.Problem ?? (_hasQueries && deadline.IsOver ? JsonQuery.TookTooLong(Value.Each.ToString()) : items.All.IsEmpty ? _selectsNothing : _hasNoNumber);
        return isFound;
    }

    /// <inheritdoc />
    public string Explain(ZmtpMessage message, string? itemProblem, ValueBuffers buffers)
    {
        foreach (var (index, source) in _placedLabels)
        {
            if (source.Frame >= message.FrameCount)
            {
                return $"label {Value.Labels[index].Name}: {SourceWords.NoFrame(source.Frame, message.FrameCount)}";
            }

            if (source.Find(message[source.Frame], buffers.Value) is { Exists: false } missing)
            {
                return $"label {Value.Labels[index].Name}: {SourceWords.Found(source, message[source.Frame], missing, "")}";
            }
        }

        var frame = message[Value.Source.Frame];
        return itemProblem is null
            ? SourceWords.Found(_source, frame, _source.Find(frame, buffers.Value), ", which is no number")
            : SourceWords.Found(_source, frame, FoundValue.Nothing(itemProblem), "");
    }

    private static JsonPath? BeforeMany(string each)
    {
        string[] many = ["[*]", ".*", "..", "[?"];
        var end = many.Select(step => each.IndexOf(step, StringComparison.Ordinal)).Where(at => at > 1).DefaultIfEmpty().Min();
        return end > 1 && JsonPath.TryParse(each[..end], out _) is { IsPlain: true } path ? path : null;
    }

    // What filters may select nothing, and that is right.
    private bool IsEmptyList(ReadOnlySpan<byte> json, ValueBuffers buffers) =>
        _list is not null ? _list.Select(json, buffers.Value).Kind == FoundKind.Other
        : _before is not null ? HasList(json, buffers)
        : !Value.Each!.IsPlain;

    private bool HasList(ReadOnlySpan<byte> json, ValueBuffers buffers) => _before?.Select(json, buffers.Value).Exists == true;

    private bool TryReadPlacedLabels(ZmtpMessage message, string[] labels, ContentBuffer buffer)
    {
        foreach (var (index, source) in _placedLabels)
        {
            if (source.Frame >= message.FrameCount || source.Find(message[source.Frame], buffer) is not { Exists: true } found)
            {
                return false;
            }

            labels[index] = TextOf(found);
        }

        return true;
    }

    /// <param name="found">The number, or whatever is in its place.</param>
    /// <param name="item">What the paths of labels lead into.</param>
    /// <param name="places">Where in it they lead, one after the other; empty when nobody has looked.</param>
    /// <param name="known">The labels, of which those with a place are known.</param>
    /// <param name="buffers">For what has to be made of the message.</param>
    /// <param name="reading">Takes the value.</param>
    /// <param name="room">How many series there may be more.</param>
    /// <returns>Whether it is a number.</returns>
    private bool Add(
        FoundValue found, ReadOnlySpan<byte> item, ReadOnlySpan<JsonPlace> places, string[] known, ValueBuffers buffers, ValueReading reading, ref int room)
    {
        if (!TryReadNumber(found, out var number) || !double.IsFinite(number *= Value.Scale))
        {
            return false;
        }

        var labels = known.Length == 0 ? known : new string[known.Length];
        for (var (i, place) = (0, 0); i < labels.Length; i++)
        {
            var label = Value.Labels[i];
            labels[i] = label.Source is not null ? known[i]
                : label.Path is null ? label.Text
                : TextOf(places.IsEmpty ? label.Path.Select(item, buffers.Value) : label.Path.At(item, places[place++], buffers.Value));
        }

        reading.Add(new ValueSample(Value, ImmutableCollectionsMarshal.AsImmutableArray(labels), number), ref room);
        return true;
    }

    private static bool TryReadNumber(in FoundValue found, out double number)
    {
        if (NumberText.TryRead(found, out number))
        {
            return true;
        }

        var isTrue = found.Kind == FoundKind.Other && found.Text.SequenceEqual("true"u8);
        number = isTrue ? 1 : 0;
        return isTrue || (found.Kind == FoundKind.Other && found.Text.SequenceEqual("false"u8));
    }

    private static string TextOf(in FoundValue found)
    {
        var text = Encoding.UTF8.GetString(found.Text);
        if (text.Length <= ValueReader.MaxLabel)
        {
            return text;
        }

        // Half of a surrogate pair is no text, and all such halves would be written the same.
        return text[..(char.IsHighSurrogate(text[ValueReader.MaxLabel - 1]) ? ValueReader.MaxLabel - 1 : ValueReader.MaxLabel)];
    }
}
