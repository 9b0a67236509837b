using System.Buffers;
using System.Globalization;
using System.Text;

namespace ZmqExporter.Logging;

/// <summary>The text of logfmt's keys and values.</summary>
internal static class LogfmtText
{
    // Everything that would end a bare value or hide in it: white space, "=", quotes and control characters.
    private static readonly SearchValues<char> Special =
        SearchValues.Create([.. Enumerable.Range(0, 33).Select(c => (char)c), '=', '"', '\\', '\u007f', '\u0085', '\u2028', '\u2029']);

    /// <summary>Writes <c>key=value</c>.</summary>
    public static void WritePair(TextWriter writer, string key, object value, bool quoted)
    {
        writer.Write(key);
        writer.Write('=');
        var text = Value(value);
        if (!quoted && text.Length > 0 && text.AsSpan().IndexOfAny(Special) < 0)
        {
            writer.Write(text);
            return;
        }

        WriteQuoted(writer, text);
    }

    /// <summary>Writes a value in quotes, whether it needs them or not.</summary>
    public static void WriteQuoted(TextWriter writer, string text)
    {
        writer.Write('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"' or '\\':
                    writer.Write('\\');
                    writer.Write(c);
                    break;
                case '\n':
                    writer.Write("\\n");
                    break;
                case '\r':
                    writer.Write("\\r");
                    break;
                case '\t':
                    writer.Write("\\t");
                    break;
                // Line separators of Unicode too: one log line must stay one line in every viewer.
                case < ' ' or '\u007f' or '\u0085' or '\u2028' or '\u2029':
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"));
                    break;
                default:
                    writer.Write(c);
                    break;
            }
        }

        writer.Write('"');
    }

    /// <summary>A text on one line, its white space collapsed.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>A value as text, the same in every format and culture.</summary>
    public static string Value(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        TimeSpan span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.######}s"),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>A key in snake_case, of letters, digits and underscores only.</summary>
    public static string Key(string name)
    {
        var key = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (char.IsAsciiLetterUpper(c))
            {
                if (i > 0 && char.IsAsciiLetterLower(name[i - 1]))
                {
                    key.Append('_');
                }

                key.Append(char.ToLowerInvariant(c));
            }
            else
            {
                key.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
            }
        }

        return key.Length == 0 ? "_" : key.ToString();
    }
}
