using System.Text;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Bytes that are compared with: a text, <c>{hex: ..}</c> or <c>{base64: ..}</c>.</summary>
internal static class BytesValue
{
    /// <summary>The spellings other than text.</summary>
    public static KeyTable Keys { get; } = new("modules.*.expect[*].starts_with", ["hex", "base64"]);

    /// <summary>Reads them; null after an error.</summary>
    /// <param name="value">The value.</param>
    /// <param name="remedy">What to write.</param>
    /// <param name="empty">What is wrong with none.</param>
    /// <param name="keys">The table, where it is another one than that of a condition.</param>
    public static byte[]? Read(ConfigValue value, string remedy, string empty = "is empty, which every message has", KeyTable? keys = null)
    {
        if (value.Node is not YamlMapping)
        {
            return value.ReadText(remedy) is { } text && ByteEscapes.Check(value) && NotEmpty(value, text.Length, empty) ? Encoding.UTF8.GetBytes(text) : null;
        }

        var section = Section.Open(value, keys ?? Keys)!;
        var spellings = section.FindAll(Keys.Keys).ToList();
        if (spellings.Count != 1)
        {
            if (!section.HasUnknownKeys)
            {
                value.Error("needs one of hex and base64", remedy);
            }

            return null;
        }

        var bytes = section.Find("hex") is { } hex ? BinaryText.ReadHex(hex) : BinaryText.ReadBase64(spellings[0]);
        return bytes is not null && NotEmpty(value, bytes.Length, empty) ? bytes : null;
    }

    private static bool NotEmpty(ConfigValue value, int length, string empty)
    {
        if (length == 0)
        {
            value.Error(empty, "write at least one character");
        }

        return length > 0;
    }
}
