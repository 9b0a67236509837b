using System.Collections.Immutable;
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

    /// <summary>The frames that have a number.</summary>
    public ImmutableArray<int> Frames { get; } = [.. values.Select(value => value.Source.Frame).Distinct()];

    /// <summary>Reads them. What the message does not have is left out.</summary>
    /// <param name="message">An acceptable reply or message.</param>
    public MessageValues Read(ZmtpMessage message)
    {
        var buffers = t_buffers ??= new Buffers();
        var samples = ImmutableArray.CreateBuilder<ValueSample>();
        var seen = new HashSet<(string, EquatableArray<string>)>();
        var dropped = 0;
        foreach (var entry in _entries)
        {
            if (entry.Value.Source.Frame >= message.FrameCount)
            {
                continue;
            }

            var room = entry.Value.MaxSeries;
            foreach (var item in entry.ItemsIn(message[entry.Value.Source.Frame], buffers))
            {
                if (entry.Read(item, buffers) is not { } sample || !seen.Add((sample.Value.Metric, sample.Labels)))
                {
                    continue;
                }

                if (room-- > 0)
                {
                    samples.Add(sample);
                }
                else
                {
                    dropped++;
                }
            }
        }

        return new MessageValues(samples.ToImmutable(), dropped);
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

        public Entry(ValueConfig value)
        {
            Value = value;
            _source = Sources.From(value.Source);
            if (value.Source.Selector is SelectorConfig.Document document && (value.Each is not null || value.Labels.Any(label => label.Path is not null)))
            {
                _path = document.Path;
                _document = Sources.From(value.Source with { Selector = document with { Path = JsonPath.Root } });
            }
        }

        public ValueConfig Value { get; }

        // The items are JSON where a path leads on in them, and else the frame.
        public ImmutableArray<byte[]> ItemsIn(ReadOnlySpan<byte> frame, Buffers buffers)
        {
            if (_document is null)
            {
                return [frame.ToArray()];
            }

            var json = _document.Find(frame, buffers.Document);
            return json.Kind != FoundKind.Other ? []
                : Value.Each is null ? [json.Text.ToArray()]
                : Value.Each.SelectAll(json.Text, buffers.Value, MaxItems);
        }

        public ValueSample? Read(byte[] item, Buffers buffers)
        {
            var found = _path is null ? _source.Find(item, buffers.Value) : _path.Select(item, buffers.Value);
            if (!TryReadNumber(found, out var number))
            {
                return null;
            }

            var labels = new string[Value.Labels.Length];
            for (var i = 0; i < labels.Length; i++)
            {
                var label = Value.Labels[i];
                labels[i] = label.Path is null ? label.Text : TextOf(label.Path.Select(item, buffers.Value));
            }

            return new ValueSample(Value, [.. labels], number * Value.Scale);
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
