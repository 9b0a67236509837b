using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>Text with placeholders, cut up once so that a probe only copies. Immutable.</summary>
internal sealed class TextTemplate
{
    private const string Token = "{token}";
    private const string Sequence = "{sequence}";
    private const string UnixMilliseconds = "{unix_ms}";
    private const int MaxDigits = 20;

    private readonly ImmutableArray<Part> _parts;

    private TextTemplate(ImmutableArray<Part> parts) => _parts = parts;

    private enum PartKind
    {
        Literal,
        Token,
        Sequence,
        UnixMilliseconds,
        SequenceNumber,
        UnixMillisecondsNumber,

        /// <summary>A captured value, as it came.</summary>
        Captured,

        /// <summary>In a string of JSON.</summary>
        CapturedInJson,

        /// <summary>As a number of some bytes.</summary>
        CapturedNumber,

        /// <summary>A text of a document in which its length stands before it.</summary>
        Packed,
    }

    /// <summary>Whether it is the same for every probe.</summary>
    public bool IsConstant => _parts.All(part => part.Kind == PartKind.Literal);

    /// <summary>Whether it has the token.</summary>
    public bool HasToken => _parts.Any(part => part.Kind == PartKind.Token);

    /// <summary>A template of a frame to send: every placeholder counts.</summary>
    public static TextTemplate ToSend(string text) => new(Cut(text, new(Token, PartKind.Token), new(Sequence, PartKind.Sequence), new(UnixMilliseconds, PartKind.UnixMilliseconds)));

    /// <summary>A template of what is expected: the token, the sequence and captured values count.</summary>
    /// <param name="text">The text.</param>
    /// <param name="captures">The names that stand for captured values in it.</param>
    public static TextTemplate ToExpect(string text, ImmutableArray<string> captures = default) =>
        new(Cut(text, [new(Token, PartKind.Token), new(Sequence, PartKind.Sequence), .. Named(captures)]));

    /// <summary>A template of what is expected in which only captured values count.</summary>
    public static TextTemplate OfCaptures(string text, ImmutableArray<string> captures) => new(Cut(text, Named(captures).AsSpan()));

    /// <summary>A template of fixed bytes.</summary>
    public static TextTemplate OfBytes(ImmutableArray<byte> bytes) => new([new Part(PartKind.Literal, [.. bytes])]);

    /// <summary>A template of a frame of parts.</summary>
    public static TextTemplate OfParts(IEnumerable<FramePartConfig> parts) => new(
    [
        .. parts.SelectMany(part => part switch
        {
            { Text: { } text } => ToSend(text)._parts,
            { Packed: { } packed } => [new Part(PartKind.Packed, []) { Text = OfParts(packed.Parts), Document = packed.Format }],
            { Capture: { } name } => [new Part(KindOf(part), [], part.Number) { Name = name }],
            { Number: { } number } => [new Part(part.Placeholder == Sequence ? PartKind.SequenceNumber : PartKind.UnixMillisecondsNumber, [], number)],
            _ => [new Part(PartKind.Literal, [.. part.Bytes])],
        }),
    ]);

    /// <summary>Appends the bytes of one probe.</summary>
    public void Write(IBufferWriter<byte> output, in ProbeVariables variables)
    {
        foreach (var part in _parts)
        {
            switch (part.Kind)
            {
                case PartKind.Literal:
                    output.Write(part.Literal);
                    break;
                case PartKind.Token:
                    variables.Token.Write(output.GetSpan(ProbeToken.Length));
                    output.Advance(ProbeToken.Length);
                    break;
                case PartKind.SequenceNumber or PartKind.UnixMillisecondsNumber:
                    part.Format!.Write((ulong)(part.Kind == PartKind.SequenceNumber ? variables.Sequence : variables.UnixMilliseconds), output.GetSpan(part.Format.Size));
                    output.Advance(part.Format.Size);
                    break;
                case PartKind.Packed:
                    part.Text!.WritePacked(output, variables, part.Document);
                    break;
                case PartKind.Captured or PartKind.CapturedInJson or PartKind.CapturedNumber:
                    part.WriteCaptured(output, CapturedOf(part, variables));
                    break;
                default:
                    var number = part.Kind == PartKind.Sequence ? variables.Sequence : variables.UnixMilliseconds;
                    number.TryFormat(output.GetSpan(MaxDigits), out var digits, provider: CultureInfo.InvariantCulture);
                    output.Advance(digits);
                    break;
            }
        }
    }

    /// <summary>Whether some bytes are this template with any tokens of ours, and with which.</summary>
    /// <param name="bytes">A frame, or a part of one.</param>
    /// <param name="variables">What the other placeholders stand for.</param>
    /// <param name="token">The token found, the oldest of several, if the template has one.</param>
    /// <returns>False when the bytes differ otherwise, or hold two different tokens.</returns>
    public bool TryMatch(ReadOnlySpan<byte> bytes, in ProbeVariables variables, out ProbeToken? token)
    {
        token = null;
        var isMixed = false;
        Span<byte> digits = stackalloc byte[MaxDigits];
        _ = variables.Sequence.TryFormat(digits, out var digitCount, provider: CultureInfo.InvariantCulture);
        foreach (var part in _parts)
        {
            ReadOnlySpan<byte> literal = part.Kind switch
            {
                PartKind.Sequence => digits[..digitCount],
                PartKind.Captured => CapturedOf(part, variables).Bytes,
                _ => part.Literal,
            };
            var length = part.Kind == PartKind.Token ? ProbeToken.Length : literal.Length;
            if (bytes.Length < length)
            {
                return false;
            }

            var head = bytes[..length];
            bytes = bytes[length..];
            if (part.Kind != PartKind.Token)
            {
                if (!head.SequenceEqual(literal))
                {
                    return false;
                }
            }
            else if (!ProbeToken.TryParse(head, out var found))
            {
                return false;
            }
            else
            {
                isMixed |= token is not null && token != found;
                token = ProbeToken.Older(token, found);
            }
        }

        return bytes.IsEmpty && !isMixed;
    }

    private static ImmutableArray<Placeholder> Named(ImmutableArray<string> captures) =>
        captures.IsDefaultOrEmpty ? [] : [.. captures.Select(name => new Placeholder($"{{{name}}}", PartKind.Captured))];

    private static PartKind KindOf(FramePartConfig part) =>
        part.Number is not null ? PartKind.CapturedNumber : part.IsInJson ? PartKind.CapturedInJson : PartKind.Captured;

    private static CapturedValue CapturedOf(Part part, in ProbeVariables variables) => (variables.Captured ?? CapturedValues.Sample).Get(part.Name);

    // A captured value alone keeps its type.
    private void WritePacked(IBufferWriter<byte> output, in ProbeVariables variables, DocumentFormat format)
    {
        if (_parts is [{ Kind: PartKind.Captured } alone])
        {
            CapturedOf(alone, variables).WritePacked(format, output);
            return;
        }

        var text = new ArrayBufferWriter<byte>();
        Write(text, variables);
        PackedScalar.WriteText(format, text.WrittenSpan, output);
    }

    private static ImmutableArray<Part> Cut(string text, params ReadOnlySpan<Placeholder> placeholders)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        var rest = text.AsSpan();
        while (true)
        {
            var (at, placeholder) = FindFirst(rest, placeholders);
            if (at != 0)
            {
                parts.Add(new Part(PartKind.Literal, Encoding.UTF8.GetBytes(rest[..(at < 0 ? rest.Length : at)].ToString())));
            }

            if (placeholder is null)
            {
                return parts.ToImmutable();
            }

            parts.Add(new Part(placeholder.Kind, []) { Name = placeholder.Name[1..^1] });
            rest = rest[(at + placeholder.Name.Length)..];
            if (rest.IsEmpty)
            {
                return parts.ToImmutable();
            }
        }
    }

    private static (int At, Placeholder? Placeholder) FindFirst(ReadOnlySpan<char> text, ReadOnlySpan<Placeholder> placeholders)
    {
        (int At, Placeholder? Placeholder) first = (-1, null);
        foreach (var placeholder in placeholders)
        {
            var at = text.IndexOf(placeholder.Name, StringComparison.Ordinal);
            if (at >= 0 && (first.At < 0 || at < first.At))
            {
                first = (at, placeholder);
            }
        }

        return first;
    }

    private sealed record Placeholder(string Name, PartKind Kind);

    private sealed record Part(PartKind Kind, byte[] Literal, BinaryNumber? Format = null)
    {
        public string Name { get; init; } = "";

        public TextTemplate? Text { get; init; }

        public DocumentFormat Document { get; init; }

        public void WriteCaptured(IBufferWriter<byte> output, in CapturedValue value)
        {
            if (Kind == PartKind.CapturedInJson)
            {
                value.WriteInJson(output);
            }
            else if (Kind == PartKind.CapturedNumber)
            {
                _ = Format!.TryParse(Encoding.UTF8.GetString(value.Bytes), out var bits); // it was checked when it was captured
                Format.Write(bits, output.GetSpan(Format.Size));
                output.Advance(Format.Size);
            }
            else
            {
                output.Write(value.Bytes);
            }
        }
    }
}
