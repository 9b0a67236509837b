using ZmqExporter.Configuration;
using ZmqExporter.Content;

namespace ZmqExporter.Tests.Configuration;

public class FrameTests
{
    [Theory]
    [InlineData("ping", "ping")]
    [InlineData("5", "5")]
    [InlineData("\"\"", "")]
    [InlineData("'null'", "null")]
    [InlineData("'{token}/{sequence}/{unix_ms}'", "{token}/{sequence}/{unix_ms}")]
    [InlineData("'{ok} {\"a\":1} {}'", "{ok} {\"a\":1} {}")]
    [InlineData("{json: {a: 1, b: 1.50, c: -2e3, d: true, e: null}}", "{\"a\":1,\"b\":1.50,\"c\":-2e3,\"d\":true,\"e\":null}")]
    [InlineData("{json: {f: 'no', g: yes, h: '7', i: !!str 7}}", "{\"f\":\"no\",\"g\":\"yes\",\"h\":\"7\",\"i\":\"7\"}")]
    [InlineData("{json: [+1, 007, 0x1f, 0o17, .5, 1., 1.2.3, ~, [], {}]}", "[1,7,31,15,0.5,1,\"1.2.3\",null,[],{}]")]
    [InlineData("{json: \"a\\n\\\"ü<\"}", "\"a\\n\\\"ü<\"")]
    [InlineData("{json: {id: '{token}'}}", "{\"id\":\"{token}\"}")]
    public void Send_Text_IsKeptWithItsTypes(string entry, string expected)
    {
        var frame = Assert.Single(Assert.Single(Parsed.Request($"send: [{entry}]").Steps).Send);

        Assert.Equal(expected, frame.Text);
    }

    [Theory]
    [InlineData("{hex: '04 00 fF'}", new byte[] { 4, 0, 255 })]
    [InlineData("{hex: 0400}", new byte[] { 4, 0 })]
    [InlineData("{hex: ''}", new byte[0])]
    [InlineData("{base64: BAA=}", new byte[] { 4, 0 })]
    public void Send_Bytes_AreDecoded(string entry, byte[] expected)
    {
        var frame = Assert.Single(Assert.Single(Parsed.Request($"send: [{entry}]").Steps).Send);

        Assert.Null(frame.Text);
        Assert.Equal(expected, frame.Bytes);
    }

    [Fact]
    public void Send_AliasOfJson_IsWrittenOut() =>
        Assert.Equal("[{\"a\":1},{\"a\":1}]", Parsed.Request("send: [{json: [&x {a: 1}, *x]}]").Steps[0].Send[0].Text);

    [Fact]
    public void Send_FrameOver1MiB_IsAnError()
    {
        var errors = Parsed.Errors($"modules:\n  m:\n    prober: request\n    send: [{new string('x', (1024 * 1024) + 1)}]\n");

        Assert.Contains("1 MiB", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Send_TooManyFrames_IsAnError()
    {
        var errors = Parsed.Errors($"modules:\n  m:\n    prober: request\n    send: [{string.Join(',', Enumerable.Repeat("x", 257))}]\n");

        Assert.Contains("257 entries", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Expect_EveryKind_IsCompiled()
    {
        var expect = Parsed.Request("""
            send: ["{token}"]
            expect:
              - frames: 2
              - equals: "{token}"
              - {frame: 1, matches: '^v[0-9]{1,3} {token}$'}
              - {frame: 255, hex: "04 00"}
              - json: $.status
              - {json: "$.items[?(@.id == 1)].name", equals: ok}
              - {json: $.n, equals: 0x10}
              - {json: $.n, equals: null}
              - {json: $.n, equals: True}
            """).Steps[0].Expect;

        Assert.Equal(
            [
                new ExpectConfig.FrameCount(2),
                ExpectConfig.EqualsText(0, "{token}"),
                ExpectConfig.Matches(1, "^v[0-9]{1,3} {token}$"),
                Json("$.status", null),
                Json("$.items[?(@.id == 1)].name", "ok"),
                Json("$.n", "16"),
                Json("$.n", "null"),
                Json("$.n", "true"),
            ],
            expect.Items.RemoveAt(3));
        Assert.Equal(ExpectConfig.EqualsBytes(255, [4, 0]), expect[3]);
    }

    [Fact]
    public void Expect_TokenOfEarlierStep_IsFine()
    {
        var steps = Parsed.Request("""
            steps:
              - send: ["{token}"]
              - send: [again]
                expect: [{equals: "{token}"}]
            """).Steps;

        Assert.Equal(2, steps.Length);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("(?:")]
    public void Expect_DeeplyNestedPattern_IsAnErrorAndNoCrash(string open)
    {
        var pattern = string.Concat(Enumerable.Repeat(open, 600)) + "a";

        Assert.NotEmpty(Parsed.Errors($"modules:\n  m:\n    prober: request\n    send: [x]\n    expect: [{{matches: '{pattern}'}}]\n"));
    }

    [Theory]
    [InlineData("[?(@.a")]
    [InlineData("[?((")]
    [InlineData("..[")]
    public void Expect_DeeplyNestedJsonPath_IsAnErrorAndNoCrash(string open)
    {
        var path = "$" + string.Concat(Enumerable.Repeat(open, 160));

        Assert.NotEmpty(Parsed.Errors($"modules:\n  m:\n    prober: request\n    send: [x]\n    expect: [{{json: '{path}'}}]\n"));
    }

    private static ExpectConfig Json(string path, string? value) => ExpectConfig.SelectsJson(0, JsonPath.TryParse(path, out _)!, value);
}
