using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Tests.Configuration;

public class EnvironmentTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("${A}", "one")]
    [InlineData("x${A}${B_2}y", "xone${A}y")]
    [InlineData("$${A}", "${A}")]
    [InlineData("$$${A}", "$${A}")]
    [InlineData("$A {A} $", "$A {A} $")]
    [InlineData("${EMPTY}", "")]
    public void Expand_GoodText_ReplacesOnce(string text, string expected)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["A"] = "one", ["B_2"] = "${A}", ["EMPTY"] = "" };

        var expansion = new EnvironmentExpander(variables.GetValueOrDefault).Expand(text);

        Assert.Null(expansion.Problem);
        Assert.Equal(expected, expansion.Text);
    }

    [Theory]
    [InlineData("${MISSING}")]
    [InlineData("${")]
    [InlineData("${}")]
    [InlineData("${A B}")]
    [InlineData("${1}")]
    public void Expand_BadText_IsAProblem(string text)
    {
        var expansion = new EnvironmentExpander(_ => null).Expand(text);

        Assert.NotNull(expansion.Problem);
        Assert.NotEmpty(expansion.Remedy);
    }

    [Fact]
    public void Load_ValuesFromEnvironment_MayBeOfAnyType()
    {
        var inputs = Parsed.Inputs(new(StringComparer.Ordinal)
        {
            ["INTERVAL"] = "7s",
            ["COUNT"] = "9",
            ["BOUND"] = "0.25",
            ["PORT"] = "5555",
            ["NAME"] = "null",
        });

        var config = Parsed.Config(
            """
            defaults: {policy: {down_after: "${COUNT}"}}
            modules:
              m:
                prober: request
                interval: ${INTERVAL}
                send: [{json: {number: "${COUNT}"}}, "${NAME}"]
              n:
                extends: m
                send:
                  - json:
                      number: ${COUNT}
                      nothing: ${NAME}
            targets:
              - name: ${NAME}
                endpoint: tcp://localhost:${PORT}
                modules: [m]
            metrics: {buckets: ["${BOUND}"]}
            """,
            inputs);

        Assert.Equal(TimeSpan.FromSeconds(7), config.Modules["m"].Interval);
        Assert.Equal(9, config.Modules["m"].Policy.DownAfter);
        Assert.Equal(5555, config.Targets[0].Endpoint.Port);
        Assert.Equal("null", config.Targets[0].Name);
        Assert.Equal([0.25], config.Metrics.Buckets);
        var send = ((RequestProberConfig)config.Modules["m"].Prober).Steps[0].Send;
        Assert.Equal(["{\"number\":\"9\"}", "null"], send.Select(frame => frame.Text), StringComparer.Ordinal);
        Assert.Equal("{\"number\":9,\"nothing\":null}", ((RequestProberConfig)config.Modules["n"].Prober).Steps[0].Send[0].Text);
    }

    [Fact]
    public void Load_YamlInEnvironment_StaysText()
    {
        const string Evil = "x\n    timeout: 1ms\n  other: {prober: request, send: [boo]}";
        var inputs = Parsed.Inputs(new(StringComparer.Ordinal) { ["EVIL"] = Evil });

        var config = Parsed.Config(Parsed.Ping + "    expect:\n      - equals: ${EVIL}\n", inputs);

        Assert.Equal(["ping"], config.Modules.Keys, StringComparer.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(2), config.Modules["ping"].Timeout);
    }

    [Fact]
    public void Load_VariableInKey_IsNotExpanded()
    {
        var errors = Parsed.Errors("${A}: 1", Parsed.Inputs(new(StringComparer.Ordinal) { ["A"] = "targets" }));

        Assert.Equal("${A}", Assert.Single(errors).Path);
    }
}
