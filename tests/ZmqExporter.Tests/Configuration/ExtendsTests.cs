using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Binding;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Tests.Configuration;

public class ExtendsTests
{
    [Fact]
    public void Extends_Chain_TakesNearestValueOfEachKey()
    {
        var module = Parsed.Config("""
            modules:
              child: {extends: parent, timeout: 1s, expect: [{equals: pong}]}
              parent: {extends: root, socket: dealer, timeout: 3s, interval: 20s, policy: {down_after: 7}}
              root: {prober: request, send: [ping], expect: [{equals: ok}], connection: per_probe, policy: {down_after: 9, up_after: 9}}
            """).Modules["child"];

        var prober = Assert.IsType<RequestProberConfig>(module.Prober);
        Assert.Equal(Zmtp.SocketType.Dealer, prober.Socket);
        Assert.False(prober.Persistent);
        Assert.Equal("ping", Assert.Single(Assert.Single(prober.Steps).Send).Text);
        Assert.Equal([ExpectConfig.EqualsText(0, "pong")], prober.Steps[0].Expect);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)), (module.Timeout, module.Interval));
        Assert.Equal((7, 9), (module.Policy.DownAfter, module.Policy.UpAfter));
    }

    [Fact]
    public void Extends_StepsAndSend_ReplaceEachOther()
    {
        var modules = Parsed.Config("""
            modules:
              single: {prober: request, send: [ping], expect: [{equals: pong}]}
              stepped: {extends: single, steps: [{send: [a]}, {send: [b]}]}
              again: {extends: stepped, send: [c]}
            """).Modules;

        Assert.Equal(2, ((RequestProberConfig)modules["stepped"].Prober).Steps.Length);
        var step = Assert.Single(((RequestProberConfig)modules["again"].Prober).Steps);
        Assert.Equal("c", Assert.Single(step.Send).Text);
        Assert.Empty(step.Expect);
    }

    [Fact]
    public void Extends_Security_IsReplacedAsAWhole()
    {
        var modules = Parsed.Config("""
            modules:
              closed: {prober: request, send: [ping], security: {mechanism: plain, username: u, password: p}}
              kept: {extends: closed}
              open: {extends: closed, security: {mechanism: null}}
            """).Modules;

        Assert.IsType<SecurityConfig.Plain>(modules["kept"].Security);
        Assert.IsType<SecurityConfig.Null>(modules["open"].Security);
    }

    [Fact]
    public void Extends_BadParent_IsReportedOnce()
    {
        var errors = Parsed.Errors("""
            modules:
              parent: {prober: request, send: [{hex: zz}]}
              a: {extends: parent}
              b: {extends: a}
            targets:
              - {name: x, endpoint: "tcp://x:1", modules: [b]}
            """);

        Assert.Equal("modules.parent.send[0].hex", Assert.Single(errors).Path);
    }

    [Fact]
    public void Extends_TooLongChain_IsAnError()
    {
        var modules = Enumerable.Range(0, 20)
            .Select(i => i == 0 ? "  m0: {prober: request, send: [x]}\n" : $"  m{i}: {{extends: m{i - 1}}}\n");

        Assert.All(
            Parsed.Errors("modules:\n" + string.Concat(modules)),
            error => Assert.Contains("in a row", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Extends_BuiltInModule_IsFoundAndCanBeHidden()
    {
        const string BuiltIn = "{prober: request, send: [built-in]}";
        var builtIn = (YamlMapping)YamlReader.Read(BuiltIn, "built-in", text => new ScalarExpansion(text)).Root!;
        var (root, _) = YamlReader.Read(
            """
            modules:
              echo: {extends: echo, timeout: 1s}
              other: {extends: plain_echo}
            targets:
              - {name: x, endpoint: "tcp://x:1", modules: [echo, other, plain_echo]}
            """,
            "test.yml",
            text => new ScalarExpansion(text));
        var errors = new ConfigErrors();
        var context = new BindingContext(errors, Parsed.Inputs(), "")
        {
            BuiltInModules = ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal,
                [KeyValuePair.Create("echo", builtIn), KeyValuePair.Create("plain_echo", builtIn)]),
        };

        var config = ConfigBinder.Bind(root!, context)!.Config;

        Assert.Empty(errors.ToSorted());
        Assert.Equal(["echo", "other"], config.Modules.Keys, StringComparer.Ordinal);
        Assert.Equal([1, 2, 2], config.Targets.Select(target => target.Module.Timeout.TotalSeconds));
    }
}
