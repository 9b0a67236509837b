using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Mixin;
using ZmqExporter.Tests.Dashboards;

namespace ZmqExporter.Tests.Mixin;

public sealed class MixinRendererTests
{
    private const MixinFormats Everything = MixinFormats.Rules | MixinFormats.PrometheusRule | MixinFormats.Dashboards;

    private static readonly MixinParameters Own = new()
    {
        Selector = [new LabelMatcher("job", "job=\"z\""), new LabelMatcher("env", "env=\"p\"")],
        RunbookBase = "https://wiki/r",
        DashboardBase = "https://g",
        PageBase = "https://pages",
        SeverityPage = "page",
        SeverityTicket = "ticket",
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("team", "a \"b\""),
        Disabled = ["ZmqPublisherSilent", "ZmqSubscriptionLosingMessages", "ZmqTargetFlapping"],
    };

    [Fact]
    public void Render_Defaults_AreTheFilesOfTheRepository()
    {
        var files = MixinRenderer.Render(MixinParameters.Default, Everything);

        Assert.Equal(
            [.. AlertRules.Files, $"alerts/{MixinRenderer.PrometheusRuleFile}", .. Dashboard.Files.Select(file => $"dashboards/{file}")],
            files.Select(PathOf),
            StringComparer.Ordinal);
        Assert.All(files, file => Assert.Equal(Repository.Read(PathOf(file)), file.Text));
    }

    [Theory]
    [InlineData(nameof(MixinFormats.Rules), ".rules.yml")]
    [InlineData(nameof(MixinFormats.PrometheusRule), ".yaml")]
    [InlineData(nameof(MixinFormats.Dashboards), ".json")]
    public void Render_OneFormat_IsThatAlone(string format, string suffix)
    {
        var files = MixinRenderer.Render(MixinParameters.Default, Enum.Parse<MixinFormats>(format));

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.EndsWith(suffix, file.Name, StringComparison.Ordinal));
    }

    // By another reader of queries than the renderer's.
    [Fact]
    public void Render_Selector_IsInEverySelectorOfRulesAndDashboards()
    {
        var withoutName = MixinRenderer.Render(Own, MixinFormats.Rules).Sum(file => file.Text.Split("({__name__=~\"").Length - 1);
        Assert.Equal(0, withoutName);
        var queries = MixinRenderer.Render(Own, MixinFormats.Rules).SelectMany(file => AlertRules.Parse(file.Text).Groups).SelectMany(group => group.Rules)
            .Select(rule => rule.Expr)
            .Concat(MixinRenderer.Render(Own, MixinFormats.Dashboards).SelectMany(file => Dashboard.Parse(file.Name, file.Text).Panels).SelectMany(panel => panel.Queries)
                .Select(query => query.Expression));
        var selectors = queries.SelectMany(PromQlText.Selectors).Where(selector => selector.Metric != "NaN").ToList();

        Assert.True(selectors.Count > 400, $"{selectors.Count}");
        Assert.All(selectors, selector => Assert.StartsWith(
            selector.Metric.Contains(':', StringComparison.Ordinal) || selector.Metric is "ALERTS" or "ALERTS_FOR_STATE" ? "job=\"z\"" : "job=\"z\", env=\"p\"",
            selector.Matchers,
            StringComparison.Ordinal));
    }

    [Fact]
    public void Render_LinksSeveritiesAndLabels_AreThoseOfTheParameters()
    {
        var rules = Rendered(Own);

        Assert.Equal(AlertRules.All.Count - 3, rules.Count);
        Assert.All(rules.Where(rule => rule.Alert.Length > 0), alert =>
        {
            Assert.Equal("a \"b\"", alert.Labels["team"]);
            Assert.Contains(alert.Labels["severity"], new[] { "page", "ticket", "info", "none" }, StringComparer.Ordinal);
            Assert.StartsWith("https://wiki/r#", alert.Annotations["runbook_url"], StringComparison.Ordinal);
            Assert.StartsWith("https://g/d/", alert.Annotations["dashboard_url"], StringComparison.Ordinal);
            Assert.StartsWith("https://pages/targets/", alert.Annotations.GetValueOrDefault("page_url", "https://pages/targets/"), StringComparison.Ordinal);
        });
        Assert.Contains(rules, rule => rule.Annotations.ContainsKey("page_url"));
        Assert.DoesNotContain(rules, rule => Own.Disabled.Contains(rule.Alert));
    }

    [Fact]
    public void Render_LinksOfDashboards_AreThoseOfTheParameters()
    {
        string Fleet(MixinParameters parameters) => MixinRenderer.Render(parameters, MixinFormats.Dashboards).Single(file => file.Name == "zmq-fleet.json").Text;

        Assert.Contains("\"https://wiki/r#${__data.fields.alertname:percentencode}\"", Fleet(Own), StringComparison.Ordinal);
        Assert.Contains("\"https://pages/targets/${__data.fields.target:percentencode}/", Fleet(Own), StringComparison.Ordinal);
        Assert.DoesNotContain(MixinParameters.DefaultRunbookBase, Fleet(Own), StringComparison.Ordinal);
        Assert.DoesNotContain("fields.url", Fleet(Own), StringComparison.Ordinal);
        Assert.Contains("label_names(zmq_target_info{job=\\\"z\\\", env=\\\"p\\\", job=~", Fleet(Own), StringComparison.Ordinal);
        Assert.Contains("fields.url", Fleet(Own with { PageBase = null }), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_ClusterLabel_IsInGroupingsAndTexts()
    {
        var rules = Rendered(new MixinParameters { ClusterLabel = "region" });

        Assert.All(rules.Where(rule => rule.Alert.Length > 0), alert => Assert.Contains("$labels.region", alert.Annotations["description"], StringComparison.Ordinal));
        Assert.DoesNotContain(rules, rule => rule.Expr.Contains("(job, instance", StringComparison.Ordinal) || rule.Expr.Contains("cluster", StringComparison.Ordinal));
        Assert.DoesNotContain(rules, rule => rule.Annotations.Values.Any(text => text.Contains("{job=%q", StringComparison.Ordinal)));
    }

    [Fact]
    public void Render_EveryAlertDisabled_LeavesRulesThatCanBeRead()
    {
        var rules = Rendered(new MixinParameters { Disabled = [.. MixinSources.Alerts] });

        Assert.Equal(AlertRules.All.Where(rule => rule.Alert.Length == 0).Select(rule => rule.Record), rules.Select(rule => rule.Record), StringComparer.Ordinal);
    }

    // Which each rule that has one has where the table of thresholds says.
    [Fact]
    public void Render_EachThreshold_IsInEachOfItsPlaces()
    {
        foreach (var threshold in MixinThreshold.All)
        {
            var places = AlertRules.All
                .SelectMany(rule => threshold.Find(rule.ToString(), PromQlTokenizer.Read(rule.Expr)).Select(found => found.Place)).Distinct().ToList();
            Assert.Equivalent(threshold.Places, places, strict: true);

            var changed = threshold.Default + (threshold.IsShare ? 0.07m : 7m);
            var rules = Rendered(new MixinParameters { Thresholds = ImmutableDictionary<string, decimal>.Empty.Add(threshold.Key, changed) });
            Assert.All(threshold.Places, place => Assert.Contains(rules, rule => rule.ToString() == place.Rule && Squeeze(rule.Expr).Contains(
                Squeeze(place.Before) + place.Number(changed).ToString("0.####", CultureInfo.InvariantCulture), StringComparison.Ordinal)));
        }
    }

    private static string PathOf(MixinFile file) => $"{(file.Name.EndsWith(".json", StringComparison.Ordinal) ? "dashboards" : "alerts")}/{file.Name}";

    private static string Squeeze(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static List<Rule> Rendered(MixinParameters parameters) =>
        [.. MixinRenderer.Render(parameters, MixinFormats.Rules).SelectMany(file => AlertRules.Parse(file.Text).Groups).SelectMany(group => group.Rules ?? [])];
}
