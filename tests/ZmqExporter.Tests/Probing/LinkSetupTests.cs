using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;

namespace ZmqExporter.Tests.Probing;

public class LinkSetupTests
{
    [Theory]
    [InlineData("expect: [{equals: pong}]", true)]
    [InlineData("expect: [{starts_with: pong}, {frames: 1}]", true)]
    [InlineData("expect: [{offset: 0, format: uint8, above: 0}]", true)]
    [InlineData("expect: [{matches: '^pong'}]", false)]
    [InlineData("expect: [{matches: '([0-9]+)', above: 0}]", false)]
    [InlineData("expect: [{json: $.status, equals: ok}]", false)]
    [InlineData("socket: dealer\nuntil: [{json: $.status, equals: ok}]", false)]
    [InlineData("expect: [{decode: [gzip], contains: ok}]", false)]
    [InlineData("values: [{metric: load, help: Load., offset: 0, format: uint8}]", false)]
    [InlineData("connection: per_probe", false)]
    public void IsJudgedQuickly_WhatMayTakeAWhile_IsNot(string keys, bool isQuick)
    {
        Assert.Equal(isQuick, LinkSetup.IsJudgedQuickly(ProbeCases.Target(Parsed.Request($"send: [ping]\n{keys}"))));
    }

    [Fact]
    public void IsJudgedQuickly_SeveralSteps_AreNot()
    {
        var prober = new RequestProberConfig(Zmtp.SocketType.Req, Persistent: true, [ProbeCases.Step("one"), ProbeCases.Step("two")]);

        Assert.False(LinkSetup.IsJudgedQuickly(ProbeCases.Target(prober)));
    }
}
