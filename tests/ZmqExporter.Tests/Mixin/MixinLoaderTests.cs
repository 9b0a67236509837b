using System.Text;
using System.Text.RegularExpressions;
using ZmqExporter.Configuration;
using ZmqExporter.Mixin;

namespace ZmqExporter.Tests.Mixin;

public sealed partial class MixinLoaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("{}")]
    public void Load_Nothing_IsTheDefaults(string text)
    {
        var (parameters, errors) = Load(text);

        Assert.Empty(errors);
        Assert.Equal(MixinRenderer.Render(MixinParameters.Default, MixinFormats.Rules), MixinRenderer.Render(parameters, MixinFormats.Rules));
    }

    [Theory]
    [InlineData("selektor: 'a=\"b\"'", "p.yml:1:1: selektor: unknown key; did you mean selector? Known keys: selector, runbook_base, dashboard_base, page_base, cluster_label, severity_page, severity_ticket, labels, disabled, thresholds")]
    [InlineData("selector: '{a=\"b\"}'", "p.yml:1:11: selector: \"{a=\"b\"}\" is not a list of conditions on labels; write conditions as PromQL has them, with values in double quotes, such as 'job=\"zmq\", cluster=~\"prod-.*\"'")]
    [InlineData("runbook_base: ftp://x", "p.yml:1:15: runbook_base: \"ftp://x\" is not an http or https URL; write a URL such as https://host.example/path")]
    [InlineData("runbook_base: http://x#y", "p.yml:1:15: runbook_base: more is written behind it, so that it must end with a path; write a URL such as https://host.example/path")]
    [InlineData("page_base: 'http://x/{{y}}'", "p.yml:1:12: page_base: \"http://x/{{y}}\" is not an http or https URL; write a URL such as https://host.example/path")]
    [InlineData("cluster_label: instance", "p.yml:1:16: cluster_label: the rules use the label \"instance\" already; write the name of a label such as cluster or prometheus")]
    [InlineData("cluster_label: a-b", "p.yml:1:16: cluster_label: \"a-b\" is not a label name: letters, digits and underscores, and no digit first; write the name of a label such as cluster or prometheus")]
    [InlineData("severity_page: 'a b'", "p.yml:1:16: severity_page: \"a b\" is not a word of letters, digits, hyphens and underscores; write a word such as critical")]
    [InlineData("labels: {severity: x}", "p.yml:1:10: labels.severity: the rules or the series set this label themselves; choose another name")]
    [InlineData("labels: {team: '{{x}}'}", "p.yml:1:16: labels.team: \"{{x}}\" is not a plain text on one line; write one without {{, or remove the label")]
    [InlineData("thresholds: {burn_rate_1h: fast}", "p.yml:1:28: thresholds.burn_rate_1h: \"fast\" is not a number; write a number above 0, such as 10 or 14.4")]
    [InlineData("thresholds: {unmapped_share: 1}", "p.yml:1:30: thresholds.unmapped_share: \"1\" is out of range; write a share above 0 and below 1, such as 0.25")]
    [InlineData("[]", "p.yml:1:1: the document must be a mapping, not a list; write its keys below it: selector, runbook_base, dashboard_base, page_base, cluster_label, severity_page, severity_ticket, labels, disabled, thresholds")]
    public void Load_Mistake_IsSaidWithItsPlace(string text, string error) => Assert.Equal(error, Assert.Single(Load(text).Errors).ToString());

    [Fact]
    public void Load_SeveralMistakes_AreSaidAtOnce()
    {
        var errors = Load("selector: job=zmq\ndisabled: [ZmqTargetDwn]\nthresholds:\n  unknown: 1\n  clock_skew_seconds: -1\n").Errors;

        Assert.Equal([1, 2, 4, 5], errors.Select(error => error.Line));
        Assert.Contains("did you mean ZmqTargetDown?", errors[1].Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=\"b\"", "a=\"b\"")]
    [InlineData("a = \"b\" , c!~\"d,}\"", "a=\"b\", c!~\"d,}\"")]
    [InlineData("a=\"b\",", null)]
    [InlineData("a=\"b\" c=\"d\"", null)]
    [InlineData("a='b'", null)]
    [InlineData("a==\"b\"", null)]
    [InlineData("__name__=\"b\"", null)]
    [InlineData("a=\"b", null)]
    [InlineData("", null)]
    public void ReadList_Conditions_AreReadOrRefused(string text, string? expected) =>
        Assert.Equal(expected, LabelMatcher.ReadList(text) is { } matchers ? string.Join(", ", matchers.Select(matcher => matcher.Text)) : null);

    // The document shows every key with its default.
    [Fact]
    public void Load_WhatTheDocumentShows_IsEveryKeyWithItsDefault()
    {
        var text = Reference().Match(Repository.Read("docs/alerting.md")).Groups["yaml"].Value;
        Assert.All([.. MixinKeys.Root.Keys, .. MixinKeys.Thresholds.Keys], key => Assert.Contains($"{key}:", text, StringComparison.Ordinal));

        var (parameters, errors) = Load(text);

        Assert.Empty(errors);
        Assert.Equal(MixinThreshold.All.Length, parameters.Thresholds.Count);
        Assert.Equal(
            MixinRenderer.Render(MixinParameters.Default, MixinFormats.Rules | MixinFormats.Dashboards),
            MixinRenderer.Render(parameters, MixinFormats.Rules | MixinFormats.Dashboards));
    }

    private static (MixinParameters Parameters, EquatableArray<ConfigError> Errors) Load(string text) =>
        MixinLoader.Load("p.yml", new ConfigInputs { ReadFile = (_, _) => Encoding.UTF8.GetBytes(text) });

    [GeneratedRegex("```yaml\n# mixin.yml(?<yaml>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Reference();
}
