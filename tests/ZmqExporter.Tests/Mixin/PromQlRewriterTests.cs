using ZmqExporter.Mixin;

namespace ZmqExporter.Tests.Mixin;

public sealed class PromQlRewriterTests
{
    private static readonly MixinParameters OfJob = new() { Selector = [new LabelMatcher("job", "job=\"z\""), new LabelMatcher("env", "env=~\"p%\"")] };

    [Theory]
    [InlineData("up", "up{job=\"z\", env=~\"p%\"}")]
    [InlineData("up{}", "up{job=\"z\", env=~\"p%\"}")]
    [InlineData("up { } == 0", "up {job=\"z\", env=~\"p%\" } == 0")]
    [InlineData("{__name__=~\"probe_.+\"}[3m]", "{job=\"z\", env=~\"p%\", __name__=~\"probe_.+\"}[3m]")]
    [InlineData("sum by (job) (rate(x[5m]))", "sum by (job) (rate(x{job=\"z\", env=~\"p%\"}[5m]))")]
    [InlineData("sum(x) by (job)", "sum(x{job=\"z\", env=~\"p%\"}) by (job)")]
    [InlineData("count_values by (job) (\"up\", x)", "count_values by (job) (\"up\", x{job=\"z\", env=~\"p%\"})")]
    [InlineData("x / ignoring (m) group_left () y offset 1m", "x{job=\"z\", env=~\"p%\"} / ignoring (m) group_left () y{job=\"z\", env=~\"p%\"} offset 1m")]
    [InlineData("x > bool 1 # y\nunless z{a=\"up\"}", "x{job=\"z\", env=~\"p%\"} > bool 1 # y\nunless z{job=\"z\", env=~\"p%\", a=\"up\"}")]
    [InlineData("NaN * x and on () time() > Inf", "NaN * x{job=\"z\", env=~\"p%\"} and on () time() > Inf")]
    [InlineData("x @ start() or vector(1)", "x{job=\"z\", env=~\"p%\"} @ start() or vector(1)")]
    [InlineData("label_values(x, job)", "label_values(x{job=\"z\", env=~\"p%\"}, job)")]
    [InlineData("label_values(x{a=~\"$a\"}, job)", "label_values(x{job=\"z\", env=~\"p%\", a=~\"$a\"}, job)")]
    [InlineData("label_values(job)", "label_values(job)")]
    public void Rewrite_Selector_IsInEachSelectorAndNowhereElse(string query, string expected) =>
        Assert.Equal(expected, new PromQlRewriter(OfJob).Rewrite(query));

    [Theory]
    [InlineData("zmq_target:x:bool")]
    [InlineData("ALERTS")]
    public void Rewrite_WhatRulesRecord_HasOnlyWhatEachRuleKeeps(string metric)
    {
        Assert.Equal($"{metric}{{job=\"z\"}}", new PromQlRewriter(OfJob).Rewrite(metric));
        Assert.Equal($"{metric}{{job=\"z\", env=~\"p%\"}}", new PromQlRewriter(OfJob with { ClusterLabel = "env" }).Rewrite(metric));
    }

    [Theory]
    [InlineData("max by (job, instance) (x)", "max by (job, c, instance) (x)")]
    [InlineData("x unless on (target, module) y", "x unless on (c, target, module) y")]
    [InlineData("max by (job, cluster) (x)", "max by (job, c) (x)")]
    [InlineData("x and on () y", "x and on () y")]
    [InlineData("sum without (job) (x) * ignoring (target) y", "sum without (job) (x) * ignoring (target) y")]
    [InlineData("count by (reason) (x{job=\"by (job)\"})", "count by (reason) (x{job=\"by (job)\"})")]
    public void Rewrite_ClusterLabel_IsInEachGroupingOfTargetsAndExporters(string query, string expected) =>
        Assert.Equal(expected, new PromQlRewriter(new MixinParameters { ClusterLabel = "c" }).Rewrite(query));

    [Theory]
    [InlineData("max by (target) (x and on (job, instance) y)", "max by (target) (x and on (job, c, instance) y)")]
    public void Rewrite_Panel_ShowsWhatItShowed(string query, string expected) =>
        Assert.Equal(expected, new PromQlRewriter(new MixinParameters { ClusterLabel = "c" }, isPanel: true).Rewrite(query));

    [Theory]
    [InlineData("x{job=%q}", "x{job=\"z\", env=~\"p%%\", job=%q}")]
    [InlineData("x%[1]s", "x%[1]s")]
    [InlineData("x{%[1]s}", "x{job=\"z\", env=~\"p%%\", %[1]s}")]
    public void Rewrite_Format_KeepsItsVerbs(string format, string expected) =>
        Assert.Equal(expected, new PromQlRewriter(OfJob, isFormat: true).Rewrite(format));
}
