using System.Collections.Immutable;

namespace ZmqExporter.Mixin;

/// <summary>One condition on a label.</summary>
/// <param name="Label">The label.</param>
/// <param name="Text">The condition as PromQL has it.</param>
internal sealed record LabelMatcher(string Label, string Text)
{
    private static readonly string[] Operators = ["=", "!=", "=~", "!~"];

    /// <summary>Reads a list such as <c>job="zmq", cluster=~"prod-.*"</c>; null when it is none.</summary>
    public static ImmutableArray<LabelMatcher>? ReadList(string text)
    {
        List<PromQlToken> tokens;
        try
        {
            tokens = [.. PromQlTokenizer.Read(text).Where(token => !token.IsBlank)];
        }
        catch (FormatException)
        {
            return null;
        }

        var matchers = ImmutableArray.CreateBuilder<LabelMatcher>();
        for (var i = 0; i < tokens.Count; i += 4)
        {
            var isMatcher = i + 2 < tokens.Count
                && IsLabel(tokens[i])
                && tokens[i + 1].Kind == PromQlKind.Sign && Operators.Contains(tokens[i + 1].Text, StringComparer.Ordinal)
                && tokens[i + 2].Kind == PromQlKind.Text && tokens[i + 2].Text[0] == '"';
            if (!isMatcher || (i + 3 < tokens.Count && (!tokens[i + 3].Is(",") || i + 4 == tokens.Count)))
            {
                return null;
            }

            matchers.Add(new LabelMatcher(tokens[i].Text, $"{tokens[i].Text}{tokens[i + 1].Text}{tokens[i + 2].Text}"));
        }

        return matchers.Count == 0 ? null : matchers.ToImmutable();
    }

    private static bool IsLabel(PromQlToken token) =>
        token.Kind == PromQlKind.Word && !token.Text.Contains(':', StringComparison.Ordinal) && !token.Text.StartsWith("__", StringComparison.Ordinal);
}
