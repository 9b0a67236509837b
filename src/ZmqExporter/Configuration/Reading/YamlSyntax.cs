using YamlDotNet.Core;

namespace ZmqExporter.Configuration.Reading;

/// <summary>The parser's complaint, with the place and the remedy for the mistakes that are common in this file.</summary>
internal static class YamlSyntax
{
    /// <summary>Describes where and why parsing stopped.</summary>
    public static YamlProblem Describe(YamlException exception, string text, string file)
    {
        var mark = new YamlMark(file, Math.Max(1, (int)exception.Start.Line), Math.Max(1, (int)exception.Start.Column));
        var lines = text.Split('\n');
        if (exception.Message.Contains("tab", StringComparison.OrdinalIgnoreCase) && FindTab(lines, mark) is { } tab)
        {
            return new YamlProblem(tab, "", "a tab indents this line, which YAML forbids", "indent with spaces");
        }

        var words = exception.Message.TrimEnd('.');
        var message = $"this is not YAML: {char.ToLowerInvariant(words[0])}{words[1..]}";
        return new YamlProblem(mark, "", message, Remedy(mark.Line <= lines.Length ? lines[mark.Line - 1] : "", exception.Message));
    }

    private static string Remedy(string line, string message) => line switch
    {
        // Inside [ ] and { } a brace starts a mapping, so a bare ${NAME} or {token} breaks the line apart.
        _ when line.Contains("${", StringComparison.Ordinal) && message.Contains("flow", StringComparison.Ordinal)
            => "inside [ ] and { } put quotes around \"${NAME}\"",
        _ when message.Contains("plain scalar", StringComparison.Ordinal) && line.Split(": ").Length > 2
            => "put a value that holds \": \" in quotes",
        _ when message.Contains("plain scalar", StringComparison.Ordinal)
            => "indent the keys of one mapping alike",
        _ when message.Contains("cannot start any token", StringComparison.Ordinal)
            => "put a value that starts with @, `, % or a tab in quotes",
        _ when message.Contains("surrogate", StringComparison.OrdinalIgnoreCase)
            => "write the character itself, not half of its surrogate pair",
        _ when message.Contains("escape", StringComparison.Ordinal)
            => "use single quotes, in which a backslash is only a backslash",
        _ when message.Contains("end of stream", StringComparison.Ordinal)
            => "close the quotes",
        _ when message.Contains("flow", StringComparison.Ordinal) || message.Contains("not closed", StringComparison.Ordinal)
            => "close every [ and {, and put a comma between the items",
        _ => "check the indentation of this line and of the one above it",
    };

    private static YamlMark? FindTab(string[] lines, YamlMark from)
    {
        for (var i = from.Line - 1; i < lines.Length; i++)
        {
            var tab = lines[i].IndexOf('\t', StringComparison.Ordinal);
            if (tab >= 0 && string.IsNullOrWhiteSpace(lines[i][..tab]))
            {
                return new YamlMark(from.File, i + 1, tab + 1);
            }
        }

        return null;
    }
}
