using System.Text;

namespace ZmqExporter.Mixin;

/// <summary>Rewrites the queries in the templates of annotations: <c>{{ with printf "up{job=%q}" $labels.job | query }}</c>.</summary>
/// <param name="parameters">What is put into the queries.</param>
internal sealed class GoTemplate(MixinParameters parameters)
{
    private const string JobValue = "$labels.job";

    private static readonly string[] OurMetrics = ["zmq_", "probe_", "process_"];

    private readonly PromQlRewriter _queries = new(parameters);
    private readonly PromQlRewriter _formats = new(parameters, isFormat: true);

    /// <summary>Rewrites a text; what stands outside of <c>{{ }}</c> stays as it is.</summary>
    /// <exception cref="FormatException">An action or a string in it has no end, or a query is none.</exception>
    public string Rewrite(string text)
    {
        var result = new StringBuilder();
        var at = 0;
        while (text.IndexOf("{{", at, StringComparison.Ordinal) is var open and >= 0)
        {
            var end = EndOfAction(text, open);
            result.Append(text, at, open - at).Append(RewriteAction(text[open..end]));
            at = end;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    // A string may have braces of its own.
    private static int EndOfAction(string text, int open)
    {
        for (var i = open + 2; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                i = EndOfString(text, i) - 1;
            }
            else if (text.AsSpan(i).StartsWith("}}"))
            {
                return i + 2;
            }
        }

        throw new FormatException($"an action without an end: {text[open..]}");
    }

    private static int EndOfString(string text, int open)
    {
        for (var i = open + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                return i + 1;
            }

            i += text[i] == '\\' ? 1 : 0;
        }

        throw new FormatException($"a string without an end: {text[open..]}");
    }

    private string RewriteAction(string action)
    {
        var result = new StringBuilder();
        var (at, clusters) = (0, 0);
        while (action.IndexOf('"', at) is var open and >= 0)
        {
            var end = EndOfString(action, open);
            AppendCode(result, action[at..open], ref clusters);
            var word = action[..open].TrimEnd();
            var isFormat = word.EndsWith("printf", StringComparison.Ordinal);
            var literal = action[(open + 1)..(end - 1)];
            result.Append('"');
            result.Append(isFormat || word.EndsWith("query", StringComparison.Ordinal) ? RewriteLiteral(literal, isFormat, ref clusters) : literal);
            result.Append('"');
            at = end;
        }

        AppendCode(result, action[at..], ref clusters);
        return clusters == 0 ? result.ToString() : throw new FormatException($"job=%q has no {JobValue} behind its format: {action}");
    }

    // Each job=%q of a format got the label of the cluster before it: each value of a job gets the cluster's.
    private void AppendCode(StringBuilder result, string code, ref int clusters)
    {
        var at = 0;
        while (clusters > 0 && code.IndexOf(JobValue, at, StringComparison.Ordinal) is var index and >= 0)
        {
            result.Append(code, at, index - at).Append("$labels.").Append(parameters.ClusterLabel).Append(' ').Append(JobValue);
            at = index + JobValue.Length;
            clusters--;
        }

        result.Append(code, at, code.Length - at);
    }

    private string RewriteLiteral(string literal, bool isFormat, ref int clusters)
    {
        var text = Unescape(literal);
        var tokens = PromQlTokenizer.Read(text, isFormat);
        var isQuery = tokens.Any(token => token.Is("{")
            || (token.Kind == PromQlKind.Word && OurMetrics.Any(metric => token.Text.StartsWith(metric, StringComparison.Ordinal))));
        var rewritten = isQuery ? (isFormat ? _formats : _queries).Rewrite(text) : text;
        rewritten = isFormat && parameters.ClusterLabel is { } cluster ? AddCluster(rewritten, cluster, ref clusters) : rewritten;
        return rewritten == text ? literal : Escape(rewritten);
    }

    private static string AddCluster(string format, string cluster, ref int clusters)
    {
        var tokens = PromQlTokenizer.Read(format, hasVerbs: true);
        for (var i = 0; i + 2 < tokens.Count; i++)
        {
            if (tokens[i] is { Kind: PromQlKind.Word, Text: "job" } && tokens[i + 1].Is("=") && tokens[i + 2] is { Kind: PromQlKind.Verb, Text: "%q" })
            {
                tokens[i] = tokens[i] with { Text = $"{cluster}=%q,job" };
                clusters++;
            }
        }

        return string.Concat(tokens.Select(token => token.Text));
    }

    private static string Unescape(string literal) =>
        literal.Replace("\\\"", "\"", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal);

    private static string Escape(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
