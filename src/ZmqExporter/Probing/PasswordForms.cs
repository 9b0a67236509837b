using System.Runtime.InteropServices;
using System.Text;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary>The forms in which a password may stand in a text, and where they stand. Immutable.</summary>
internal sealed class PasswordForms
{
    /// <summary>In bytes. A shorter one is found everywhere by chance, and each place would show what it is.</summary>
    public const int MinLength = 4;

    /// <summary>Where excerpts and metadata end early.</summary>
    public const char Cut = '…';

    private readonly Form[] _plain;
    private readonly Form[] _base64;
    private readonly Form[] _hex;

    /// <param name="password">At least <see cref="MinLength"/> bytes in UTF-8.</param>
    public PasswordForms(string password)
    {
        var bytes = Encoding.UTF8.GetBytes(password);
        var reversed = bytes.Reverse().ToArray();
        var reversedRunes = Encoding.UTF8.GetBytes(string.Concat(password.EnumerateRunes().Reverse()));

        // More than half of a short one, and four bytes of a long one: less is found by chance too often.
        var shortest = Math.Min(MinLength, (bytes.Length / 2) + 1);
        string[] plain = [.. new[] { bytes, reversed, reversedRunes }.SelectMany(Spellings), Uri.EscapeDataString(password)];
        _plain = [.. plain.Distinct(StringComparer.Ordinal).Select(text => new Form(text, shortest, false, false))];
        _base64 = [.. Enumerable.Range(0, 3).Select(offset => Base64(bytes, offset, ((shortest * 8) + 5) / 6)).DistinctBy(form => form.Text, StringComparer.Ordinal)];
        _hex = [new Form(Convert.ToHexStringLower(bytes), shortest * 2, false, false)];
    }

    /// <summary>Where the password stands, in order and without overlaps.</summary>
    public IReadOnlyList<TextRange> Find(string text)
    {
        var found = new List<TextRange>();
        if (text.Length < MinLength)
        {
            return found;
        }

        Find(PasswordReading.Plain(text), _plain, found);
        Find(PasswordReading.Base64(text), _base64, found);
        Find(PasswordReading.Hex(text), _hex, found);
        if (found.Count <= 1)
        {
            return found;
        }

        found.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.End.CompareTo(a.End));
        var merged = new List<TextRange> { found[0] };
        foreach (var range in CollectionsMarshal.AsSpan(found)[1..])
        {
            if (range.Start >= merged[^1].End)
            {
                merged.Add(range);
            }
            else if (range.End > merged[^1].End)
            {
                merged[^1] = merged[^1] with { End = range.End };
            }
        }

        return merged;
    }

    // In an excerpt, as it is, and as bytes that are characters (frames are searched like that).
    private static IEnumerable<string> Spellings(byte[] bytes) => [Excerpt.Escape(bytes), Encoding.UTF8.GetString(bytes), Encoding.Latin1.GetString(bytes)];

    // What is certain of the base64 of a longer text in which the password begins at a byte whose number modulo three is the offset.
    // The characters at its ends also hold bits of the neighbours.
    private static Form Base64(byte[] bytes, int offset, int shortest)
    {
        var text = Convert.ToBase64String([.. new byte[offset], .. bytes, 0, 0]);
        var (firstBit, endBit) = (offset * 8, (offset + bytes.Length) * 8);
        var (first, end) = ((firstBit + 5) / 6, endBit / 6);
        return new Form(text[first..end], shortest, first * 6 > firstBit, end * 6 < endBit);
    }

    private static void Find(PasswordReading reading, Form[] forms, List<TextRange> found)
    {
        foreach (var form in forms)
        {
            var symbols = reading.Symbols;
            for (var at = symbols.IndexOf(form.Text); at >= 0; at = IndexOf(symbols, form.Text, at + form.Text.Length))
            {
                found.Add(reading.Range(at, at + form.Text.Length, form));
            }

            for (var cut = symbols.IndexOf(Cut); cut >= 0; cut = IndexOf(symbols, [Cut], cut + 1))
            {
                for (var length = Math.Min(cut, form.Text.Length - 1); length >= form.Shortest; length--)
                {
                    if (symbols[(cut - length)..cut].SequenceEqual(form.Text.AsSpan(0, length)))
                    {
                        found.Add(reading.Range(cut - length, cut, form with { SharesItsEnd = false }));
                        break;
                    }
                }
            }
        }
    }

    private static int IndexOf(ReadOnlySpan<char> text, ReadOnlySpan<char> form, int from)
    {
        var at = text[from..].IndexOf(form);
        return at < 0 ? at : from + at;
    }

    /// <summary>A form of the password.</summary>
    /// <param name="Text">Its characters, as the reading gives them.</param>
    /// <param name="Shortest">How many of them, from the first one, give too much away where a text was cut.</param>
    /// <param name="SharesItsStart">Whether the character before them holds some bits of it.</param>
    /// <param name="SharesItsEnd">Whether the character after them does.</param>
    internal readonly record struct Form(string Text, int Shortest, bool SharesItsStart, bool SharesItsEnd);
}

/// <summary>A part of a text.</summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">The one after its last character.</param>
internal readonly record struct TextRange(int Start, int End);
