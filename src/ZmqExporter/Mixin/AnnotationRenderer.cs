namespace ZmqExporter.Mixin;

/// <summary>Renders the annotations of an alert: their links, and the queries in their templates.</summary>
/// <param name="parameters">What to render with.</param>
internal sealed class AnnotationRenderer(MixinParameters parameters)
{
    private const string Indent = "          ";
    private const string BodyIndent = "            ";

    private readonly GoTemplate _templates = new(parameters);

    /// <summary>Renders the lines below <c>annotations:</c>.</summary>
    public IEnumerable<string> Render(List<string> lines)
    {
        for (var i = 0; i < lines.Count;)
        {
            var end = i + 1;
            while (end < lines.Count && lines[end].StartsWith(BodyIndent, StringComparison.Ordinal))
            {
                end++;
            }

            var colon = lines[i].IndexOf(": ", StringComparison.Ordinal);
            foreach (var line in Render(lines[i][Indent.Length..colon], lines[i][(colon + 2)..], lines[(i + 1)..end]))
            {
                yield return line;
            }

            i = end;
        }
    }

    private IEnumerable<string> Render(string name, string head, List<string> body)
    {
        var written = body.Count == 0 ? [BodyIndent + YamlText.Unquote(head)] : body;
        var text = string.Join('\n', Change(name, written));
        var rendered = _templates.Rewrite(text);
        return rendered == string.Join('\n', written) ? [$"{Indent}{name}: {head}", .. body]
            : name.EndsWith("_url", StringComparison.Ordinal) && body.Count == 0 ? [$"{Indent}{name}: {rendered.TrimStart()}"]
            : [$"{Indent}{name}: >-", .. rendered.Split('\n')];
    }

    private List<string> Change(string name, List<string> lines) => name switch
    {
        "runbook_url" => [Rebase(lines[0], MixinParameters.DefaultRunbookBase, parameters.RunbookBase), .. lines.Skip(1)],
        "dashboard_url" => [Rebase(lines[0], MixinParameters.DefaultDashboardBase, parameters.DashboardBase), .. lines.Skip(1)],
        // The first line asks for the exporter's own address, the second one is the path of the page.
        "page_url" when parameters.PageBase is { } page => [BodyIndent + page + lines[1].TrimStart(), .. lines.Skip(2)],
        "description" when parameters.ClusterLabel is { } cluster =>
            [.. lines, $"{BodyIndent}{{{{- with $labels.{cluster} }}}} Its {cluster}: {{{{ . }}}}.{{{{ end }}}}"],
        _ => lines,
    };

    private static string Rebase(string line, string from, string to) =>
        line.StartsWith(BodyIndent + from, StringComparison.Ordinal) ? BodyIndent + to + line[(BodyIndent.Length + from.Length)..] : line;
}
