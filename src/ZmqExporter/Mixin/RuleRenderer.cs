namespace ZmqExporter.Mixin;

/// <summary>Renders the rule files. Their text is changed where a parameter asks for it and stays as it is everywhere else, comments included.</summary>
/// <param name="parameters">What to render with.</param>
internal sealed class RuleRenderer(MixinParameters parameters)
{
    private const string Indent = "        ";
    private const string FieldIndent = "          ";

    private readonly PromQlRewriter _queries = new(parameters);
    private readonly AnnotationRenderer _annotations = new(parameters);

    /// <summary>Renders one file.</summary>
    /// <param name="text">The file as the repository has it.</param>
    public string Render(string text)
    {
        var chunks = RuleChunk.Cut(text).Where(chunk => !chunk.IsAlert || !parameters.Disabled.Contains(chunk.Name)).ToList();
        foreach (var chunk in chunks.Where(chunk => chunk.Name.Length > 0))
        {
            Render(chunk);
        }

        return RuleChunk.Join(chunks);
    }

    private void Render(RuleChunk rule)
    {
        var lines = rule.Lines.ToList();
        rule.Lines.Clear();
        for (var i = 0; i < lines.Count;)
        {
            var end = i + 1;
            while (end < lines.Count && lines[end].StartsWith(FieldIndent, StringComparison.Ordinal))
            {
                end++;
            }

            rule.Lines.AddRange(RenderField(rule, lines[i], lines[(i + 1)..end]));
            i = end;
        }
    }

    private IEnumerable<string> RenderField(RuleChunk rule, string head, List<string> body) => head switch
    {
        _ when head.StartsWith($"{Indent}expr: ", StringComparison.Ordinal) => RenderQuery(rule.Name, head[$"{Indent}expr: ".Length..], body),
        $"{Indent}labels:" when rule.IsAlert => [head, .. body.Select(RenderLabel), .. parameters.Labels.Select(label => $"{FieldIndent}{label.Key}: {YamlText.Quote(label.Value)}")],
        $"{Indent}annotations:" => [head, .. _annotations.Render(body)],
        _ => [head, .. body],
    };

    private IEnumerable<string> RenderQuery(string rule, string head, List<string> body)
    {
        var written = body.Count == 0 ? head : string.Join('\n', body);
        var query = _queries.Rewrite(MixinThreshold.Apply(rule, written, parameters.Thresholds));
        return body.Count > 0 ? [$"{Indent}expr: {head}", .. query.Split('\n')]
            : query == written ? [$"{Indent}expr: {head}"]
            : [$"{Indent}expr: |", $"{FieldIndent}{query}"]; // in a block no character means anything to YAML
    }

    private string RenderLabel(string line) => line switch
    {
        $"{FieldIndent}severity: critical" => $"{FieldIndent}severity: {parameters.SeverityPage}",
        $"{FieldIndent}severity: warning" => $"{FieldIndent}severity: {parameters.SeverityTicket}",
        _ => line,
    };
}
