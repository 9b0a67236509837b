using ZmqExporter.Mixin;

namespace ZmqExporter.Tests.Mixin;

public sealed class PromQlTokenizerTests
{
    [Theory]
    [InlineData("up == 0", "Word:up Sign:== Number:0")]
    [InlineData("a{b=~\"x}\\\"y\",c!='#'}[5m] # up\n> 1e-5", "Word:a Sign:{ Word:b Sign:=~ Text:\"x}\\\"y\" Sign:, Word:c Sign:!= Text:'#' Sign:} Range:[5m] Comment:#·up Sign:> Number:1e-5")]
    [InlineData("x[59m59s:5m] offset 1m", "Word:x Range:[59m59s:5m] Word:offset Number:1m")]
    [InlineData("rate(x[$__rate_interval]) * ${factor}", "Word:rate Sign:( Word:x Range:[$__rate_interval] Sign:) Sign:* Variable:${factor}")]
    [InlineData("zmq_target:up:bool % 0x1e+.5", "Word:zmq_target:up:bool Sign:% Number:0x1e Sign:+ Number:.5")]
    [InlineData("x @ end() == `a\\`", "Word:x Sign:@ Word:end Sign:( Sign:) Sign:== Text:`a\\`")]
    public void Read_Query_IsCutAndWholeAgain(string query, string expected)
    {
        var tokens = PromQlTokenizer.Read(query);

        Assert.Equal(expected, string.Join(' ', tokens.Where(token => token.Kind != PromQlKind.Space).Select(token => $"{token.Kind}:{token.Text.Replace(' ', '·')}")));
        Assert.Equal(query, string.Concat(tokens.Select(token => token.Text)));
    }

    [Theory]
    [InlineData("x{job=%q,a=\"%\"}", "Verb:%q")]
    [InlineData("x%[1]s %% %.1f", "Verb:%[1]s Verb:%% Verb:%.1f")]
    public void Read_Format_HasVerbs(string format, string expected) => Assert.Equal(
        expected,
        string.Join(' ', PromQlTokenizer.Read(format, hasVerbs: true).Where(token => token.Kind == PromQlKind.Verb).Select(token => $"{token.Kind}:{token.Text}")));

    [Theory]
    [InlineData("x{a=\"b}")]
    [InlineData("x{a=\"b\\\"}")]
    [InlineData("x[5m")]
    [InlineData("${x")]
    [InlineData("x ? y")]
    public void Read_WhatHasNoEnd_IsRefused(string query) => Assert.Throws<FormatException>(() => PromQlTokenizer.Read(query));
}
