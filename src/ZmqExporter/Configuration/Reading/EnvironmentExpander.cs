using System.Text;

namespace ZmqExporter.Configuration.Reading;

/// <summary>Replaces <c>${NAME}</c> in a scalar; <c>$${</c> stands for <c>${</c>. Values are not expanded again.</summary>
internal sealed class EnvironmentExpander(Func<string, string?> lookUp)
{
    private const string Escape = "write $${ for a literal ${";

    /// <summary>Expands one scalar.</summary>
    public ScalarExpansion Expand(string text)
    {
        var expanded = new StringBuilder();
        var position = 0;
        while (text.IndexOf("${", position, StringComparison.Ordinal) is >= 0 and var open)
        {
            if (open > position && text[open - 1] == '$')
            {
                _ = expanded.Append(text, position, open - 1 - position).Append("${");
                position = open + 2;
                continue;
            }

            var close = text.IndexOf('}', open);
            if (close < 0)
            {
                return new ScalarExpansion(text, "a ${ has no } after it", $"close it, or {Escape}");
            }

            var name = text[(open + 2)..close];
            if (!IsName(name))
            {
                return new ScalarExpansion(
                    text,
                    $"{Quoted.Text(name)} is not the name of an environment variable",
                    $"use letters, digits and underscores, or {Escape}");
            }

            if (lookUp(name) is not { } value)
            {
                return new ScalarExpansion(
                    text,
                    $"the environment variable {name} is not defined",
                    $"set it where the exporter is started, or {Escape}");
            }

            _ = expanded.Append(text, position, open - position).Append(value);
            position = close + 1;
        }

        return new ScalarExpansion(position == 0 ? text : expanded.Append(text, position, text.Length - position).ToString());
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
