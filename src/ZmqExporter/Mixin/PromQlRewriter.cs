namespace ZmqExporter.Mixin;

/// <summary>Puts the selector and the label of the cluster into queries.</summary>
/// <param name="parameters">What to put there.</param>
/// <param name="isFormat">Whether the queries are formats of Go's printf.</param>
/// <param name="isPanel">Whether they are those of dashboards: what a panel groups by target alone is what it shows, and stays.</param>
internal sealed class PromQlRewriter(MixinParameters parameters, bool isFormat = false, bool isPanel = false)
{
    // The label that the rules have for a cluster where they need one anyway.
    private const string OwnClusterLabel = "cluster";

    /// <summary>Rewrites a query; with the default parameters it stays as it is.</summary>
    public string Rewrite(string query)
    {
        var tokens = PromQlTokenizer.Read(query, isFormat);
        var parts = PromQlParts.Of(tokens);
        if (parameters.ClusterLabel is { } cluster)
        {
            parts.Lists.ForEach(list => AddLabel(tokens, list, cluster));
        }

        foreach (var selector in parts.Selectors)
        {
            AddMatchers(tokens, selector);
        }

        return string.Concat(tokens.Select(token => token.Text));
    }

    private void AddLabel(List<PromQlToken> tokens, int[] list, string cluster)
    {
        int Find(string label) => list.FirstOrDefault(i => tokens[i].Text == label, -1);
        void Write(int index, string text) => tokens[index] = tokens[index] with { Text = text };

        if (Find(OwnClusterLabel) is var own and >= 0)
        {
            Write(own, cluster);
        }
        else if (Find("job") is var job and >= 0)
        {
            Write(job, $"job, {cluster}");
        }
        else if (!isPanel && Find("target") is var target and >= 0)
        {
            Write(target, $"{cluster}, target");
        }
    }

    private void AddMatchers(List<PromQlToken> tokens, PromQlSelector selector)
    {
        var matchers = parameters.MatchersFor(selector.Name < 0 ? "" : tokens[selector.Name].Text);
        if (matchers.Length == 0)
        {
            return;
        }

        matchers = isFormat ? matchers.Replace("%", "%%", StringComparison.Ordinal) : matchers;
        var (place, text) = selector.Brace < 0
            ? (selector.Name, $"{tokens[selector.Name].Text}{{{matchers}}}")
            : (selector.Brace, selector.HasMatchers ? $"{{{matchers}, " : $"{{{matchers}");
        tokens[place] = tokens[place] with { Text = text };
    }
}
