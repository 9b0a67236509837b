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
    }

    /// <summary>Whether it is the same for every probe.</summary>
    public bool IsConstant => _parts.All(part => part.Kind == PartKind.Literal);

    /// <summary>Whether it has the token.</summary>
    public bool HasToken => _parts.Any(part => part.Kind == PartKind.Token);

    /// <summary>A template of a frame to send: every placeholder counts.</summary>
    public static TextTemplate ToSend(string text) => new(Cut(text, (Token, PartKind.Token), (Sequence, PartKind.Sequence), (UnixMilliseconds, PartKind.UnixMilliseconds)));

    /// <summary>A template of what is expected: the token and the sequence count.</summary>
    public static TextTemplate ToExpect(string text) => new(Cut(text, (Token, PartKind.Token), (Sequence, PartKind.Sequence)));

    /// <summary>A template of fixed bytes.</summary>
    public static TextTemplate OfBytes(ImmutableArray<byte> bytes) => new([new Part(PartKind.Literal, [.. bytes])]);

    /// <summary>A template of a frame of parts.</summary>
    public static TextTemplate OfParts(IEnumerable<FramePartConfig> parts) => new(
    [
        .. parts.SelectMany(part => part switch
        {
            { Text: { } text } => ToSend(text)._parts,
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
                    part.Format.Write((ulong)(part.Kind == PartKind.SequenceNumber ? variables.Sequence : variables.UnixMilliseconds), output.GetSpan(part.Format.Size));
                    output.Advance(part.Format.Size);
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
    /// <param name="sequence">What {sequence} stands for.</param>
    /// <param name="token">The token found, the oldest of several, if the template has one.</param>
    /// <returns>False when the bytes differ otherwise, or hold two different tokens.</returns>
    public bool TryMatch(ReadOnlySpan<byte> bytes, long sequence, out ProbeToken? token)
    {
        token = null;
        var isMixed = false;
        Span<byte> digits = stackalloc byte[MaxDigits];
        _ = sequence.TryFormat(digits, out var digitCount, provider: CultureInfo.InvariantCulture);
        foreach (var part in _parts)
        {
            var literal = part.Kind == PartKind.Sequence ? digits[..digitCount] : part.Literal;
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

    private static ImmutableArray<Part> Cut(string text, params ReadOnlySpan<(string Name, PartKind Kind)> placeholders)
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

            if (at < 0)
            {
                return parts.ToImmutable();
            }

            parts.Add(new Part(placeholder.Kind, []));
            rest = rest[(at + placeholder.Name.Length)..];
            if (rest.IsEmpty)
            {
                return parts.ToImmutable();
            }
        }
    }

    private static (int At, (string Name, PartKind Kind) Placeholder) FindFirst(ReadOnlySpan<char> text, ReadOnlySpan<(string Name, PartKind Kind)> placeholders)
    {
        var first = (At: -1, Placeholder: (Name: "", Kind: PartKind.Literal));
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

    private readonly record struct Part(PartKind Kind, byte[] Literal, BinaryNumber Format = default);
}
