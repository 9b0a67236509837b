using System.Text;

namespace ZmqExporter.Configuration.Reading;

/// <summary>A value on one line, as the file has it: what comes from the environment stays a variable, and a secret is masked.</summary>
internal static class NodeText
{
    private const int MaxLength = 400;
    private const int MaxWhole = 1 << 20;
    private const string Mask = "<secret>";

    /// <summary>The value.</summary>
    /// <param name="node">The value.</param>
    /// <param name="isSecret">Whether it must not be shown.</param>
    public static string Of(YamlNode node, bool isSecret = false)
    {
        if (isSecret)
        {
            return Masked(node);
        }

        var text = new StringBuilder();
        Append(text, node, MaxLength, static _ => false);
        return text.Length > MaxLength ? text.ToString(0, MaxLength) + "…" : text.ToString();
    }

    /// <summary>The value to its end, or nearly.</summary>
    /// <param name="node">The value.</param>
    /// <param name="isSecret">Whether a value must not be shown, beside those whose key says so.</param>
    public static string Whole(YamlNode node, Func<YamlNode, bool> isSecret)
    {
        var text = new StringBuilder();
        Append(text, node, MaxWhole, isSecret);
        return text.ToString();
    }

    private static string Masked(YamlNode node) => node is YamlScalar { IsFromEnvironment: true } variable ? Scalar(variable, MaxLength) : Mask;

    private static void Append(StringBuilder text, YamlNode node, int most, Func<YamlNode, bool> isSecret)
    {
        if (text.Length > most)
        {
            return;
        }

        if (isSecret(node))
        {
            text.Append(Masked(node));
            return;
        }

        switch (node)
        {
            case YamlScalar scalar:
                text.Append(Scalar(scalar, most));
                break;
            case YamlSequence list:
                text.Append('[');
                AppendAll(text, list.Items, item => Append(text, item, most, isSecret));
                text.Append(']');
                break;
            case YamlMapping mapping:
                text.Append('{');
                AppendAll(text, mapping.Entries, entry =>
                {
                    text.Append(Quoted.Plain(entry.Key)).Append(": ");
                    if (SecretKeys.Contains(entry.Key))
                    {
                        text.Append(Of(entry.Value, isSecret: true)); // as of a request in JSON
                    }
                    else
                    {
                        Append(text, entry.Value, most, isSecret);
                    }
                });
                text.Append('}');
                break;
        }
    }

    private static void AppendAll<T>(StringBuilder text, IEnumerable<T> items, Action<T> append)
    {
        var isFirst = true;
        foreach (var item in items)
        {
            text.Append(isFirst ? "" : ", ");
            append(item);
            isFirst = false;
        }
    }

    // What stands without quotes has no escapes.
    private static string Scalar(YamlScalar scalar, int most) => scalar.IsQuoted || scalar.Written.Any(NeedsEscape)
        ? $"\"{Escaped(scalar.Written, most)}\""
        : scalar.Written.Length > most ? scalar.Written[..(most + 1)] : scalar.Written;

    private static bool NeedsEscape(char character) => char.IsControl(character) || character is '\u2028' or '\u2029';

    private static string Escaped(string written, int most)
    {
        var text = new StringBuilder();
        foreach (var c in written.AsSpan(0, Math.Min(written.Length, most + 1)))
        {
            _ = c is '"' or '\\' ? text.Append('\\').Append(c)
                : NeedsEscape(c) ? text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
                : text.Append(c);
        }

        return text.ToString();
    }
}
