using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

public sealed class ReplyCheckTests
{
    [Theory]
    [InlineData("pong", "pong", null)]
    [InlineData("pong", "ping", "frame 0 is \"ping\" instead of \"pong\"")]
    [InlineData("pong", "pong ", "frame 0 is \"pong \" instead of \"pong\"")]
    [InlineData("", "", null)]
    public void Judge_EqualsText_SaysWhatDiffers(string expected, string reply, string? failure) =>
        Assert.Equal(failure, Failure(ExpectConfig.EqualsText(0, expected), reply));

    [Fact]
    public void Judge_OtherKinds_SayWhatDiffers()
    {
        Assert.Null(Failure(new ExpectConfig.FrameCount(2), "a", "b"));
        Assert.Equal("the message has 1 frame instead of 2", Failure(new ExpectConfig.FrameCount(2), "a"));
        Assert.Equal("frame 3 is missing: the message has 2 frames", Failure(ExpectConfig.EqualsText(3, "x"), "a", "b"));
        Assert.Null(Failure(ExpectConfig.EqualsBytes(0, [0x61]), "a"));
        Assert.Equal("frame 0 is \"b\" instead of \"a\"", Failure(ExpectConfig.EqualsBytes(0, [0x61]), "b"));
        Assert.Null(Failure(ExpectConfig.Matches(0, "^v[0-9]+$"), "v12"));
        Assert.Equal("frame 0 is \"w\", which does not match ^v[0-9]+", Failure(ExpectConfig.Matches(0, "^v[0-9]+"), "w"));
    }

    [Theory]
    [InlineData("""{"status":"ok"}""", "ok", true)]
    [InlineData("""{"status":"ok"} trailing""", "ok", false)]
    [InlineData("""{"status":"OK"}""", "ok", false)]
    [InlineData("""{"status":true}""", "true", true)]
    [InlineData("""{"status":null}""", "null", true)]
    [InlineData("""{"status":1.0}""", "1", true)]
    [InlineData("""{"status":123456789012345678901234567890}""", "1", false)]
    [InlineData("""{"status":123456789012345678901234567890}""", "123456789012345678901234567890", true)]
    [InlineData("""{"status":1e999}""", "1", false)]
    [InlineData("""{"other":1}""", "ok", false)]
    [InlineData("""{"status":"2026-01-01T00:00:00Z"}""", "2026-01-01T00:00:00Z", true)]
    [InlineData("not json", "ok", false)]
    [InlineData("", "ok", false)]
    [InlineData("[1,2]", "ok", false)]
    public void Judge_JsonPath_ComparesTheScalar(string reply, string expected, bool holds) =>
        Assert.Equal(holds, Failure(Json("$.status", expected), reply) is null);

    [Fact]
    public void Judge_DeepJson_IsRefusedAndNotAStackOverflow() =>
        Assert.NotNull(Failure(Json("$.a", "1"), new string('[', 200_000)));

    [Fact]
    public void Judge_JsonPathWithABrokenRegex_IsRefusedAndNotABug() =>
        Assert.Contains("cannot be evaluated", Failure(Json("$[?(@.a =~ /(/)]", value: null), """[{"a":"b"}]"""), StringComparison.Ordinal);

    [Fact]
    public void Judge_JsonThatMakesThePathsRegexBacktrack_IsRefusedAndNotAHang()
    {
        var failure = Failure(Json("$[?(@.a =~ /^(a+)+$/)]", value: null), $$"""[{"a":"{{new string('a', 60)}}!"}]""");
        Assert.EndsWith("on which $[?(@.a =~ /^(a+)+$/)] took too long", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_RandomBytes_NeverThrows() =>
        Gen.OneOf(Gen.Byte.Array[0, 60], Gen.String["{}[]\":,0123456789.eE+-truefalsn\\u/* "].Select(Encoding.UTF8.GetBytes)).Sample(bytes =>
        {
            var message = ZmtpMessage.FromFrames(bytes);
            foreach (var expect in (ExpectConfig[])
            [
                Json("$.a", "1"), Json("$", "1"), Json("$..a", value: null),
                ExpectConfig.Matches(0, "{token}-{token}"), ExpectConfig.EqualsText(0, "{token}"),
            ])
            {
                new ReplyCheck([expect]).Judge(message, Of(ProbeToken.Next()), out _);
            }
        });

    [Fact]
    public void Judge_OwnToken_IsAccepted_AnotherOneIsStale() =>
        Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Bool).Sample((kind, isStale, alsoBroken) =>
        {
            var (old, current, newer) = (ProbeToken.Next(), ProbeToken.Next(), ProbeToken.Next());
            var token = isStale ? (alsoBroken ? newer : old) : current;
            var expect = WithToken(kind);
            var reply = kind == 2 ? $$"""{"id":"{{token}}"}""" : kind == 3 ? $"a {token} b {token}" : $"id={token}";
            var verdict = new ReplyCheck([expect, .. alsoBroken && isStale ? [new ExpectConfig.FrameCount(9)] : ImmutableArray<ExpectConfig>.Empty])
                .Judge(ZmtpMessage.FromText(reply), Of(current), out var failure);
            Assert.Equal(isStale ? ReplyVerdict.Stale : ReplyVerdict.Accepted, verdict);
            Assert.Null(failure);
        });

    [Fact]
    public void Judge_TwoTokensInOneReply_AreNeverAccepted()
    {
        var (old, current, newer) = (ProbeToken.Next(), ProbeToken.Next(), ProbeToken.Next());
        foreach (var other in new[] { old, newer })
        {
            foreach (var (first, second) in new[] { (other, current), (current, other) })
            {
                var message = ZmtpMessage.FromText($"{first}-{second}");
                Assert.NotEqual(ReplyVerdict.Accepted, new ReplyCheck([ExpectConfig.Matches(0, "{token}-{token}")]).Judge(message, Of(current), out _));
                Assert.NotEqual(ReplyVerdict.Accepted, new ReplyCheck([ExpectConfig.EqualsText(0, "{token}-{token}")]).Judge(message, Of(current), out _));
            }
        }
    }

    [Fact]
    public void Judge_NoToken_IsRefusedInWords()
    {
        var token = ProbeToken.Next();
        Assert.Equal(ReplyVerdict.Refused, new ReplyCheck([ExpectConfig.Matches(0, "{token}")]).Judge(ZmtpMessage.FromText("0123456789abcdef01234567"), Of(token), out var failure));
        Assert.Equal("the reply does not bring the token back", failure);
        Assert.Equal(ReplyVerdict.Refused, new ReplyCheck([ExpectConfig.EqualsText(0, "{token}")]).Judge(ZmtpMessage.FromText("error"), Of(token), out failure));
        Assert.Equal($"frame 0 is \"error\" instead of \"{{token}}\" (here \"{token}\")", failure);
    }

    [Fact]
    public void ProbeToken_Text_IsReadBackAndForeignTextIsNot()
    {
        var token = ProbeToken.Next();
        var bytes = new byte[ProbeToken.Length];
        token.Write(bytes);
        Assert.Equal(token.ToString(), Encoding.ASCII.GetString(bytes));
        Assert.True(ProbeToken.TryParse(bytes, out var read));
        Assert.Equal(token, read);
        bytes[0] ^= 1;
        Assert.False(ProbeToken.TryParse(bytes, out _));
        Assert.False(ProbeToken.TryParse(bytes.AsSpan(1), out _));
        Gen.Byte.Array[24].Sample(random => Assert.False(ProbeToken.TryParse(random, out _)));
        Assert.True(ProbeToken.Next().Number > token.Number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("{token}")]
    [InlineData("{token}{sequence}{unix_ms}")]
    [InlineData("a{token}b{sequence}c{unix_ms}d{unknown}{")]
    public void Write_Template_ReplacesEachPlaceholder(string text)
    {
        var token = ProbeToken.Next();
        var output = new ArrayBufferWriter<byte>();
        TextTemplate.ToSend(text).Write(output, new ProbeVariables(token, 42, 1_700_000_000_123));
        var expected = text.Replace("{token}", token.ToString(), StringComparison.Ordinal)
            .Replace("{sequence}", "42", StringComparison.Ordinal)
            .Replace("{unix_ms}", "1700000000123", StringComparison.Ordinal);
        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void TryMatch_WhatWriteWrote_MatchesAndAnyOtherByteDoesNot() =>
        Gen.Int[0, 3].Array[0, 6].Sample(picks =>
        {
            string[] parts = ["a", "{token}", "ü", "-"];
            var template = TextTemplate.ToExpect(string.Concat(picks.Select(pick => parts[pick])));
            var token = ProbeToken.Next();
            var output = new ArrayBufferWriter<byte>();
            template.Write(output, new ProbeVariables(token, 1, 1));
            Assert.True(template.TryMatch(output.WrittenSpan, new ProbeVariables(default, 1, 0), out var found));
            Assert.Equal(template.HasToken ? token : null, found);
            Assert.False(template.TryMatch([.. output.WrittenSpan, 0], new ProbeVariables(default, 1, 0), out _));
            Assert.True(output.WrittenCount == 0 || !template.TryMatch(output.WrittenSpan[..^1], new ProbeVariables(default, 1, 0), out _));
        });

    private static ExpectConfig WithToken(int kind) => kind switch
    {
        0 => ExpectConfig.EqualsText(0, "id={token}"),
        1 => ExpectConfig.Matches(0, "^id={token}$"),
        2 => Json("$.id", "{token}"),
        3 => ExpectConfig.Matches(0, "{token}.*{token}"),
        _ => ExpectConfig.Matches(0, "id=.*{token}"),
    };

    private static ExpectConfig Json(string path, string? value) => ExpectConfig.SelectsJson(0, JsonPath.TryParse(path, out _)!, value);

    private static ProbeVariables Of(ProbeToken token) => new(token, Sequence: 1, UnixMilliseconds: 0);

    private static string? Failure(ExpectConfig expect, params string[] reply)
    {
        var verdict = new ReplyCheck([expect]).Judge(ZmtpMessage.FromText(reply), Of(ProbeToken.Next()), out var failure);
        Assert.Equal(failure is null ? ReplyVerdict.Accepted : ReplyVerdict.Refused, verdict);
        return failure;
    }
}
