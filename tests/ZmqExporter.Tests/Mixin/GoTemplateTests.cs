using ZmqExporter.Mixin;

namespace ZmqExporter.Tests.Mixin;

public sealed class GoTemplateTests
{
    private static readonly MixinParameters Parameters = new() { Selector = [new LabelMatcher("job", "job=\"}}%\"")] };

    [Theory]
    [InlineData("up {{ $labels.job }} \"up{}\"", "up {{ $labels.job }} \"up{}\"")]
    [InlineData(
        "{{- with printf \"zmq_x{state=\\\"down\\\",job=%q} == 1\" $labels.job | query }}{{ . | first | label \"reason\" }}{{ end }}",
        "{{- with printf \"zmq_x{job=\\\"}}%%\\\", state=\\\"down\\\",job=%q} == 1\" $labels.job | query }}{{ . | first | label \"reason\" }}{{ end }}")]
    [InlineData("{{ query \"zmq_x\" }}", "{{ query \"zmq_x{job=\\\"}}%\\\"}\" }}")]
    [InlineData("{{ $t := printf \"{job=%q}\" $labels.job }}", "{{ $t := printf \"{job=\\\"}}%%\\\", job=%q}\" $labels.job }}")]
    [InlineData("{{ printf \"job=%q\" $labels.job }}{{ $value | printf \"%.0f\" }}", "{{ printf \"job=%q\" $labels.job }}{{ $value | printf \"%.0f\" }}")]
    public void Rewrite_Selector_IsInTheQueriesAlone(string text, string expected) => Assert.Equal(expected, new GoTemplate(Parameters).Rewrite(text));

    [Theory]
    [InlineData(
        "{{ $labels.job }}{{ printf \"zmq_x{job=%q,a=%q} / zmq_y{job=%q}\" $labels.job $labels.a $labels.job | query }}",
        "{{ $labels.job }}{{ printf \"zmq_x{c=%q,job=%q,a=%q} / zmq_y{c=%q,job=%q}\" $labels.c $labels.job $labels.a $labels.c $labels.job | query }}")]
    [InlineData("{{ printf \"job=%q\" $labels.job }}", "{{ printf \"c=%q,job=%q\" $labels.c $labels.job }}")]
    public void Rewrite_ClusterLabel_HasAValueForEachVerb(string text, string expected) =>
        Assert.Equal(expected, new GoTemplate(new MixinParameters { ClusterLabel = "c" }).Rewrite(text));

    [Theory]
    [InlineData("{{ printf \"zmq_x{job=%q}\" .Job }}")]
    [InlineData("{{ with")]
    [InlineData("{{ \"x }}")]
    public void Rewrite_WhatItCannotRead_IsRefused(string text) =>
        Assert.Throws<FormatException>(() => new GoTemplate(new MixinParameters { ClusterLabel = "c" }).Rewrite(text));
}
