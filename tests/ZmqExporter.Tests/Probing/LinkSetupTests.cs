using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;

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

    [Theory]
    [InlineData("steps: [{send: [ping]}]", true)]
    [InlineData("steps: [{send: [ping], capture: {session: {decode: [gzip], json: $.session}}}]", false)]
    public void IsJudgedQuickly_StepThatCaptures_IsNot(string keys, bool isQuick)
    {
        Assert.Equal(isQuick, LinkSetup.IsJudgedQuickly(ProbeCases.Target(Parsed.Request(keys))));
    }

    [Fact]
    public void IsJudgedQuickly_UnixSocket_IsNot()
    {
        var target = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: true, [ProbeCases.Step("ping")]));
        Assert.True(ZmtpEndpoint.TryParse("ipc:///run/some.sock", out var endpoint, out _));

        Assert.False(LinkSetup.IsJudgedQuickly(target with { Endpoint = endpoint }));
    }

    [Fact]
    public void IsJudgedQuickly_SeveralSteps_AreNot()
    {
        var prober = new RequestProberConfig(SocketType.Req, Persistent: true, [ProbeCases.Step("one"), ProbeCases.Step("two")]);

        Assert.False(LinkSetup.IsJudgedQuickly(ProbeCases.Target(prober)));
    }
}
