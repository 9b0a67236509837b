using System.Text.RegularExpressions;

namespace ZmqExporter.Tests.Alerts;

/// <summary>docs/runbook.md has a section for each alert, and none for anything else.</summary>
public sealed partial class RunbookTests
{
    private static readonly string[] Parts = ["**What it means.**", "**First look.**", "**Likely causes.**", "**What to do.**"];

    [Fact]
    public void Sections_Names_AreThoseOfTheAlerts() => Assert.Equal(
        AlertRules.Alerts.Select(rule => rule.Alert).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        Sections().Select(section => section.Name).Order(StringComparer.Ordinal),
        StringComparer.Ordinal);

    [Fact]
    public void Sections_Parts_AreAllThereInTheirOrder() => Assert.All(Sections(), section =>
    {
        var places = Parts.Select(part => section.Text.IndexOf(part, StringComparison.Ordinal)).ToList();
        Assert.True(places[0] > 0 && places.SequenceEqual(places.Order()), section.Name);
        var severities = Severity().Match(section.Text).Groups["all"].Value;
        Assert.All(
            AlertRules.Alerts.Where(rule => rule.Alert == section.Name),
            rule => Assert.Contains(rule.Labels["severity"], severities, StringComparison.Ordinal));
    });

    [Fact]
    public void FirstLook_EverySection_NamesAQueryAndADashboard() => Assert.All(Sections(), section =>
    {
        Assert.Matches("```promql\n", section.Text);
        Assert.Matches("\"ZeroMQ / (Fleet|Target|Subscriptions|Exporter)\"", section.Text);
    });

    [Fact]
    public void Links_ToOtherPagesAndSections_Exist()
    {
        foreach (var page in new[] { "runbook.md", "alerting.md", "alerting-rulers.md", "alerting-pagers.md" })
        {
            var text = Repository.Read($"docs/{page}");
            foreach (Match link in Link().Matches(text))
            {
                var target = link.Groups["page"].Value is { Length: > 0 } other ? $"docs/{other}" : $"docs/{page}";
                Assert.True(File.Exists(Path.Combine(Repository.Root, target)), $"{page}: {link.Value}");
                if (link.Groups["anchor"].Value is { Length: > 0 } anchor)
                {
                    Assert.Contains(anchor, Headings(Repository.Read(target)), StringComparer.Ordinal);
                }
            }
        }
    }

    private static IEnumerable<(string Name, string Text)> Sections() =>
        Repository.Read("docs/runbook.md").Split("\n## ").Skip(1)
            .Select(text => (Name: text.Split('\n')[0], Text: text))
            .Where(section => !section.Name.Contains(' ', StringComparison.Ordinal)); // "How to read this" is no alert

    private static IEnumerable<string> Headings(string text) =>
        text.Split('\n').Where(line => line.StartsWith('#'))
            .Select(line => NotInAnAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\((?<page>[^)#:]*)(#(?<anchor>[^)]+))?\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, 1000)]
    private static partial Regex NotInAnAnchor();

    [GeneratedRegex(@"^Severity: (?<all>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Severity();
}
