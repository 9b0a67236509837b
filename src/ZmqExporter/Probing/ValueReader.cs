using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Reads the numbers of a message that become metrics. Built once a module; immutable and thread-safe.</summary>
internal sealed class ValueReader(ImmutableArray<ValueConfig> values)
{
    private const int MaxLabel = 256;
    private const int MaxItems = 20_000; // more are not even counted

    [ThreadStatic]
    private static Buffers? t_buffers;

    private readonly ImmutableArray<Entry> _entries = [.. values.Select(value => new Entry(value))];
    private readonly bool _mayRepeat = values.Any(value => value.Each is not null)
        || values.Select(value => value.Metric).Distinct(StringComparer.Ordinal).Count() < values.Length;

    /// <summary>The frames that a value is looked for in, with its labels.</summary>
    public static IEnumerable<int> FramesOf(ValueConfig value) =>
        [value.Source.Frame, .. value.Labels.Select(label => label.Source).OfType<SourceConfig>().Select(source => source.Frame)];

    /// <summary>Reads them. What the message does not have is left out.</summary>
    /// <param name="message">An acceptable reply or message.</param>
    public MessageValues Read(ZmtpMessage message)
    {
        var reading = new Reading(_mayRepeat ? [] : null);
        foreach (var entry in _entries)
        {
            if (entry.Value.Source.Frame < message.FrameCount)
            {
                entry.Read(message, t_buffers ??= new Buffers(), reading);
            }
        }

        return new MessageValues([.. reading.Samples], reading.Dropped);
    }

    /// <summary>What was read so far of one message.</summary>
    /// <param name="seen">The series that it has; null when no two can be the same.</param>
    private sealed class Reading(HashSet<(string, EquatableArray<string>)>? seen)
    {
        public List<ValueSample> Samples { get; } = [];

        public int Dropped { get; private set; }

        // A series that comes twice in a message counts once.
        public void Add(ValueSample sample, ref int room)
        {
            if (seen?.Add((sample.Value.Metric, sample.Labels)) == false)
            {
                return;
            }

            if (room-- > 0)
            {
                Samples.Add(sample);
            }
            else
            {
                Dropped++;
            }
        }
    }

    private sealed class Buffers
    {
        public ContentBuffer Document { get; } = new();

        public ContentBuffer Value { get; } = new();
    }

    private sealed class Entry
    {
        private readonly MessageSource _source;
        private readonly MessageSource? _document;
        private readonly JsonPath? _path;
        private readonly ImmutableArray<(int Index, MessageSource Source)> _placedLabels; // found once a message, and not in each item

        public Entry(ValueConfig value)
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
        }

        public ValueConfig Value { get; }

        public void Read(ZmtpMessage message, Buffers buffers, Reading reading)
        {
            var frame = message[Value.Source.Frame];
            var room = Value.MaxSeries;
            var labels = Value.Labels.IsEmpty ? [] : new string[Value.Labels.Length];
            if (!TryReadPlacedLabels(message, labels, buffers.Value))
            {
                return;
            }

            if (_document is null)
            {
                Add(_source.Find(frame, buffers.Value), [], labels, buffers, reading, ref room);
                return;
            }

            // The items are JSON, in which the paths lead on.
            var json = _document.Find(frame, buffers.Document);
            if (json.Kind != FoundKind.Other)
            {
                return;
            }

            if (Value.Each is null)
            {
                Add(_path!.Select(json.Text, buffers.Value), json.Text, labels, buffers, reading, ref room);
                return;
            }

            foreach (var item in Value.Each.SelectAll(json.Text, MaxItems))
            {
                Add(_path!.Select(item, buffers.Value), item, labels, buffers, reading, ref room);
            }
        }

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
        /// <param name="known">The labels, of which those with a place are known.</param>
        private void Add(FoundValue found, ReadOnlySpan<byte> item, string[] known, Buffers buffers, Reading reading, ref int room)
        {
            if (!TryReadNumber(found, out var number))
            {
                return;
            }

            var labels = known.Length == 0 ? known : new string[known.Length];
            for (var i = 0; i < labels.Length; i++)
            {
                var label = Value.Labels[i];
                labels[i] = label.Source is not null ? known[i] : label.Path is null ? label.Text : TextOf(label.Path.Select(item, buffers.Value));
            }

            reading.Add(new ValueSample(Value, ImmutableCollectionsMarshal.AsImmutableArray(labels), number * Value.Scale), ref room);
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
            return text.Length <= MaxLabel ? text : text[..MaxLabel];
        }
    }
}
