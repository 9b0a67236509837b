namespace ZmqExporter.Tests.Dashboards;

/// <summary>One thing that every dashboard must keep to.</summary>
/// <param name="Name">What the test calls it.</param>
/// <param name="Check">Gives a sentence for each place that does not.</param>
internal sealed record DashboardRule(string Name, Func<Dashboard, IEnumerable<string>> Check)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<DashboardRule> All { get; } = [.. FileRules.All, .. PanelRules.All, .. QueryRules.All];

    /// <summary>The rule of a name.</summary>
    public static DashboardRule Of(string name) => All.Single(rule => rule.Name == name);
}
