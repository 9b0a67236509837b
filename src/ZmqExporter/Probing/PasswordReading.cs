using System.Buffers;

namespace ZmqExporter.Probing;

/// <summary>
/// A text as one encoding reads it: without what may stand between its characters, such as line breaks in base64 and colons in hex, and with
/// the place of each character in the text. What the encoding does not have ends a run, and is the cut where it is one.
/// </summary>
internal readonly ref struct PasswordReading
{
    private const int MaxGap = 8; // characters between two of the encoding; a longer gap is none
    private const char End = '\0';
    private const char Cut = '…';

    private static readonly SearchValues<char> Base64Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    private static readonly SearchValues<char> HexGaps = SearchValues.Create(" \t\r\n:-.,;_%&#[]'\"\\");

    private readonly ReadOnlySpan<int> _places;

    private PasswordReading(ReadOnlySpan<char> symbols, ReadOnlySpan<int> places)
    {
        Symbols = symbols;
        _places = places;
    }

    /// <summary>The characters of the encoding.</summary>
    public ReadOnlySpan<char> Symbols { get; }

    /// <summary>The text as it is.</summary>
    public static PasswordReading Plain(string text) => new(text, default);

    /// <summary>As base64: both alphabets, without white space, line breaks, and the backslashes of JSON.</summary>
    public static PasswordReading Base64(string text)
    {
        var writer = new Writer(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i] switch { '-' => '+', '_' => '/', var other => other };
            if (Base64Characters.Contains(c) || c is '=')
            {
                writer.Add(c, i);
            }
            else if (c is '\\' && i + 1 < text.Length && text[i + 1] is 'r' or 'n' or 't')
            {
                writer.Skip();
                i++; // an escaped line break: its letter belongs to it
            }
            else if (char.IsWhiteSpace(c) || c is '\\')
            {
                writer.Skip();
            }
            else
            {
                writer.Break(c, i);
            }
        }

        return writer.Read();
    }

    /// <summary>As hex: in any case, with or without prefixes (0x, \x, %, &amp;#x, \u00) and separators.</summary>
    public static PasswordReading Hex(string text)
    {
        var writer = new Writer(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var next = i + 1 < text.Length ? text[i + 1] : End;
            if (c is '0' && next is 'x' or 'X')
            {
                writer.Skip();
                i++;
            }
            else if (char.IsAsciiHexDigit(c))
            {
                writer.Add(char.ToLowerInvariant(c), i);
            }
            else if (c is '\\' && next is 'u' or 'U' && i + 3 < text.Length && text.AsSpan(i + 2, 2).SequenceEqual("00"))
            {
                writer.Skip();
                i += 3;
            }
            else if (c is '\\' && next is 'r' or 'n' or 't' or 'x' or 'X')
            {
                writer.Skip();
                i++;
            }
            else if (HexGaps.Contains(c) || (c is 'x' or 'X' && i > 0 && text[i - 1] is '#'))
            {
                writer.Skip();
            }
            else
            {
                writer.Break(c, i);
            }
        }

        return writer.Read();
    }

    /// <summary>Where a run of characters stands in the text, with the neighbours and the padding that hold bits of it.</summary>
    public TextRange Range(int start, int end, in PasswordForms.Form form)
    {
        if (_places.IsEmpty)
        {
            return new TextRange(start, end);
        }

        if (form.SharesItsStart && start > 0 && Base64Characters.Contains(Symbols[start - 1]))
        {
            start--;
        }

        if (form.SharesItsEnd && end < Symbols.Length && Base64Characters.Contains(Symbols[end]))
        {
            end++;
        }

        while (end < Symbols.Length && Symbols[end] is '=')
        {
            end++;
        }

        return new TextRange(_places[start], _places[end - 1] + 1);
    }

    private struct Writer(int length)
    {
        private readonly char[] _symbols = new char[2 * length];
        private readonly int[] _places = new int[2 * length];
        private int _count;
        private int _gap;

        public void Add(char symbol, int place)
        {
            if (_gap > MaxGap)
            {
                Put(End, place);
            }

            Put(symbol, place);
            _gap = 0;
        }

        public void Skip() => _gap++;

        public void Break(char c, int place)
        {
            Put(c is Cut ? Cut : End, place);
            _gap = 0;
        }

        public readonly PasswordReading Read() => new(_symbols.AsSpan(0, _count), _places.AsSpan(0, _count));

        private void Put(char symbol, int place)
        {
            _symbols[_count] = symbol;
            _places[_count++] = place;
        }
    }
}
