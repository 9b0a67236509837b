using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Tests.Configuration;

/// <summary>What is no error, and most likely not what was meant.</summary>
public sealed class WarningsTests
{
    [Fact]
    public void Parse_ValuesThatAreValidAndMistyped_AreWarnedOfByPlace()
    {
        var warnings = Parse(
            """
            modules:
              ping:
                prober: request
                send: ['\x04\x00', “ping”, "\x04", C:\temp\new]
                security: {mechanism: plain, username: $PROBE_USER, password: $PROBE_PASSWORD}
            targets:
              - name: “orders”
                endpoint: tcp://orders.internal:5555
                modules: [ping]
                labels: {dc: $DC, note: "two words", price: 5$USD}
            """);

        Assert.Equal(
            [
                """zmq.yml:4:12: modules.ping.send[0]: \x04 is not replaced here, and stands for its 4 characters; put the value in double quotes, in which it is, or write {hex: ..}""",
                """zmq.yml:4:24: modules.ping.send[1]: the value is in typographic quotation marks (“ ”), which to YAML are a part of it; write " or ' in the place of both, or none""",
                "zmq.yml:5:44: modules.ping.security.username: $PROBE_USER is text here: a variable has braces; write ${PROBE_USER}",
                "zmq.yml:5:67: modules.ping.security.password: the value has a name behind a $, which is text: a variable has braces here; write ${NAME}",
                """zmq.yml:7:11: targets[0].name: the value is in typographic quotation marks (“ ”), which to YAML are a part of it; write " or ' in the place of both, or none""",
                "zmq.yml:10:18: targets[0].labels.dc: $DC is text here: a variable has braces; write ${DC}",
            ],
            warnings);
    }

    [Theory]
    [InlineData("send: [\"$SYS\", '$GPGGA,1']")] // MQTT's and NMEA's own
    [InlineData("send: [ping]\n    expect: [{matches: '^OK$'}, {json: $.status, equals: \"$X\"}]")]
    [InlineData("send: [ping]\n    security: {mechanism: plain, username: a, password: a$B c}")]
    public void Parse_DollarsThatMeanSomething_AreNoWarning(string keys) =>
        Assert.Empty(Parse($"modules:\n  ping:\n    prober: request\n    {keys}\n"));

    [Fact]
    public void Parse_ErrorAndWarningAtOneValue_TheErrorIsEnough()
    {
        var result = ConfigLoader.Parse("targets: [{name: “a”, endpoint: “b”, modules: [transport]}]", "zmq.yml", Parsed.Inputs());

        Assert.Equal(["targets[0].endpoint"], result.Errors.Select(error => error.Path), StringComparer.Ordinal);
        Assert.Equal(["targets[0].name"], result.Warnings.Select(warning => warning.Path), StringComparer.Ordinal);
    }

    [Fact]
    public void Parse_CapturedValueThatNoLaterStepUses_IsAWarning() => Assert.Equal(
        ["zmq.yml:2:6: modules.m.steps[0].capture.a: no later step uses this value; write \"{a}\" in what one of them sends or expects, or remove it",
            "zmq.yml:2:6: modules.m.steps[1].capture.e: no later step uses this value; write \"{e}\" in what one of them sends or expects, or remove it"],
        Parse("""
            modules:
              m: {prober: request, socket: dealer, steps: [
                {send: [x], capture: {a: {frame: 0}, b: {frame: 1}, c: {frame: 2}, d: {frame: 3}}},
                {send: [{cbor: ["{b}"]}], expect: [{one_of: [x, "{c}"]}], until: [{equals: "{d}"}], capture: {e: {frame: 0}}}]}
            """));

    [Fact]
    public void Parse_RoutingIdOfTwoAtOneEndpoint_IsAWarning() => Assert.Equal(
        ["zmq.yml: one with module a and one with module b and three with module a have the routing_id \"probe\" at tcp://h:1, and a ROUTER takes only the first of them; give each module a routing_id of its own"],
        Parse("""
            modules:
              a: {prober: request, send: [x], routing_id: probe}
              b: {prober: request, send: [y], routing_id: {hex: 70726f6265}}
              c: {prober: request, send: [y], routing_id: other}
            targets:
              - {name: one, endpoint: tcp://h:1, modules: [a, b, c]}
              - {name: two, endpoint: tcp://h:2, modules: [a]}
              - {name: three, endpoint: tcp://h:1, modules: [a]}
            """));

    [Fact]
    public void UnusedModules_OfTheFile_AreThoseThatNobodyNamesOrExtends()
    {
        const string Modules = """
            modules:
              used: {prober: handshake}
              listed: {prober: handshake}
              base: {prober: request, send: [a]}
              child: {extends: base}
              idle: {prober: handshake}

            """;
        const string Target = "targets: [{name: a, endpoint: \"tcp://h:1\", modules: [used]}]\n";

        Assert.Equal(["listed", "child", "idle"], Unused(Modules + Target), StringComparer.Ordinal);
        Assert.Equal(["child", "idle"], Unused(Modules + Target + "defaults: {modules: [listed]}\n"), StringComparer.Ordinal);
        Assert.Empty(Unused(Modules)); // without targets everything is unused, and another warning says so
        Assert.Empty(Unused(Modules + Target + "target_urls: [{url: \"http://h/targets\"}]\n")); // nobody knows
        Assert.Empty(Unused(Modules + Target + "probe_endpoint: {allow: [{hosts: [h]}]}\n"));
    }

    private static string[] Parse(string text)
    {
        var result = ConfigLoader.Parse(text, "zmq.yml", Parsed.Inputs());
        Assert.Empty(result.Errors);
        return [.. result.Warnings.Select(warning => warning.ToString())];
    }

    private static IEnumerable<string> Unused(string text)
    {
        var result = ConfigLoader.Parse(text, "zmq.yml", Parsed.Inputs());
        return UnusedModules.Find(result.Config!, result.Origins!, result.Config!.Targets).Select(warning => warning.Path["modules.".Length..]);
    }
}
