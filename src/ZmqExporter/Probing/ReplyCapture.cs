using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary>Takes a value out of a step's reply for later steps. Immutable and thread-safe.</summary>
/// <param name="config">Where it is, and what it is called.</param>
/// <param name="uses">Where later steps send it.</param>
internal sealed class ReplyCapture(CaptureConfig config, ImmutableArray<FramePartConfig> uses)
{
    [ThreadStatic]
    private static ContentBuffer? t_buffer;

    private readonly MessageSource _source = Sources.From(config.Source, marksBytes: true);
    private readonly bool _standsInText = uses.Any(use => use.IsInJson || use.Packed is { Parts.Length: > 1 });
    private readonly ImmutableArray<BinaryNumber> _formats = [.. uses.Select(use => use.Number).OfType<BinaryNumber>().Distinct()];

    /// <summary>Takes it.</summary>
    /// <param name="message">The reply.</param>
    /// <param name="values">Where it goes.</param>
    /// <returns>Why there is none that can be used, in words; or null.</returns>
    public string? Take(ZmtpMessage message, CapturedValues values)
    {
        if (_source.Frame >= message.FrameCount)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{{{config.Name}}} cannot be captured: frame {_source.Frame} is missing: the message has {message.FrameCount} {(message.FrameCount == 1 ? "frame" : "frames")}");
        }

        var frame = message[_source.Frame];
        var found = _source.Find(frame, t_buffer ??= new ContentBuffer());
        if (!found.Exists)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{{{config.Name}}} cannot be captured: frame {_source.Frame} is {Excerpt.Of(frame)}{found.Problem}");
        }

        if (found.Kind == FoundKind.Other && KindOf(found.Text) is { } kind)
        {
            return $"{{{config.Name}}} cannot be captured: {_source.Name} is {kind}";
        }

        var value = Of(found);
        if (Fault(value) is { } fault)
        {
            return $"{{{config.Name}}} cannot be captured: {_source.Name} is {Excerpt.Of(value.Bytes)}{fault}";
        }

        values.Set(config.Name, value);
        return null;
    }

    // What has no text of its own. A server that answers with null has nothing to give, and a later step would send those four letters.
    private static string? KindOf(ReadOnlySpan<byte> json) => json[0] switch
    {
        (byte)'n' => "null, which is no value",
        (byte)'{' => "an object, and a text, a number, true or false is wanted",
        (byte)'[' => "an array, and a text, a number, true or false is wanted",
        _ => null,
    };

    private static CapturedValue Of(in FoundValue found) =>
        found.Kind == FoundKind.Text && MarkedBytes.TryRead(found.Text) is { } bytes ? new CapturedValue(bytes, FoundKind.Other)
        : new CapturedValue(
            found.Text[..Math.Min(found.Text.Length, CaptureConfig.MaxLength + 1)].ToArray(), found.Kind == FoundKind.Number ? FoundKind.Number : FoundKind.Text);

    private string? Fault(in CapturedValue value)
    {
        if (value.Bytes.Length == 0)
        {
            return ", which is empty";
        }

        if (value.Bytes.Length > CaptureConfig.MaxLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $", which is longer than {CaptureConfig.MaxLength} bytes");
        }

        if (_standsInText && !value.IsText)
        {
            return ", which is no UTF-8, and a later step sends it in a text";
        }

        var text = Encoding.UTF8.GetString(value.Bytes);
        foreach (var format in _formats)
        {
            if (!format.TryParse(text, out _))
            {
                return $", which does not fit into the {format.Name} that a later step sends it in";
            }
        }

        return null;
    }
}
