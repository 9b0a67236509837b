using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace ZmqExporter.Configuration.Reading;

/// <summary>The parser's complaint, with the place and the remedy for the mistakes that are common in this file.</summary>
internal static partial class YamlSyntax
{
    private const int MaxSpaces = 20;

    /// <summary>Describes where and why parsing stopped; or, when spaces that are none to YAML are the likely cause, where all of these are.</summary>
    public static IReadOnlyList<YamlProblem> Describe(YamlException exception, string text, string file)
    {
        var spaces = FindSpaces(text.Split('\n'), file);
        return spaces.Count > 0 ? spaces : [DescribeStop(exception, text, file)];
    }

    private static YamlProblem DescribeStop(YamlException exception, string text, string file)
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
        // A bracket ends a bare word there, too, and one of [*] begins an alias.
        _ when BarePath.Match(line) is { Success: true } path
            => $"inside {{ }} put a path with brackets in quotes: \"{path.Groups["path"].Value}\"",
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

    // In front of a key, and behind a colon or a hyphen, YAML needs a space of the keyboard.
    private static List<YamlProblem> FindSpaces(string[] lines, string file)
    {
        var problems = new List<YamlProblem>();
        for (var i = 0; i < lines.Length && problems.Count < MaxSpaces; i++)
        {
            var at = lines[i].AsSpan().IndexOfAny(TypographicText.Spaces);
            if (at >= 0 && (string.IsNullOrWhiteSpace(lines[i][..at]) || lines[i][at - 1] is ':' or '-' or '?'))
            {
                problems.Add(new YamlProblem(
                    new YamlMark(file, i + 1, at + 1), "", $"{TypographicText.SpaceIn(lines[i])} stands where YAML needs a space", "write a space of the keyboard"));
            }
        }

        return problems;
    }

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

    [GeneratedRegex(@"[{,][^""']*: *(?<path>\$[^\s""'{},]*\[[^\s""{},]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BarePath { get; }
}
