using System.Buffers.Binary;

namespace Zmtp.Security;

/// <summary>Z85 (RFC 32): four bytes as five printable characters, none of which needs escaping inside quotes.</summary>
public static class Z85
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    private const int BytesPerGroup = 4;
    private const int CharactersPerGroup = 5;
    private const byte None = 0xFF;

    private static readonly byte[] Values = Invert();

    /// <summary>How many characters stand for these bytes.</summary>
    public static int EncodedLength(int byteCount) => byteCount / BytesPerGroup * CharactersPerGroup;

    /// <summary>Encodes bytes.</summary>
    /// <exception cref="ArgumentException">Their number is no multiple of four.</exception>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % BytesPerGroup != 0)
        {
            throw new ArgumentException("Z85 encodes groups of four bytes (RFC 32).", nameof(bytes));
        }

        var text = new char[EncodedLength(bytes.Length)];
        for (var group = 0; group < bytes.Length / BytesPerGroup; group++)
        {
            var value = BinaryPrimitives.ReadUInt32BigEndian(bytes[(group * BytesPerGroup)..]);
            for (var i = CharactersPerGroup - 1; i >= 0; i--)
            {
                text[(group * CharactersPerGroup) + i] = Alphabet[(int)(value % (uint)Alphabet.Length)];
                value /= (uint)Alphabet.Length;
            }
        }

        var result = new string(text);
        Array.Clear(text); // it may have been a secret
        return result;
    }

    /// <summary>Decodes text whose length is that of the bytes, encoded.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">Takes the bytes; undefined after a failure.</param>
    /// <param name="badCharacter">Where the first character stands that Z85 does not have, or -1.</param>
    /// <returns>False when the length does not fit, a character is unknown, or a group stands for more than 32 bits.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int badCharacter)
    {
        badCharacter = -1;
        if (bytes.Length % BytesPerGroup != 0 || text.Length != EncodedLength(bytes.Length))
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] >= Values.Length || Values[text[i]] == None)
            {
                badCharacter = i;
                return false;
            }
        }

        for (var group = 0; group < bytes.Length / BytesPerGroup; group++)
        {
            var value = 0UL;
            foreach (var character in text.Slice(group * CharactersPerGroup, CharactersPerGroup))
            {
                value = (value * (ulong)Alphabet.Length) + Values[character];
            }

            if (value > uint.MaxValue)
            {
                return false;
            }

            BinaryPrimitives.WriteUInt32BigEndian(bytes[(group * BytesPerGroup)..], (uint)value);
        }

        return true;
    }

    private static byte[] Invert()
    {
        var values = new byte[128];
        Array.Fill(values, None);
        for (var i = 0; i < Alphabet.Length; i++)
        {
            values[Alphabet[i]] = (byte)i;
        }

        return values;
    }
}
