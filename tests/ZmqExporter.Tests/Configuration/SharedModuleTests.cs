using ZmqExporter.Configuration;

namespace ZmqExporter.Tests.Configuration;

public class SharedModuleTests
{
    private readonly ExporterConfig _config = Parsed.Config("""
        modules:
          a: {prober: request, send: [a], buckets: [0.1, 0.2]}
        targets:
          - {name: w, endpoint: "tcp://w:1", modules: [a]}
          - {name: x, endpoint: "tcp://x:1", modules: [a], labels: {team: red}}
          - {name: y, endpoint: "tcp://y:1", modules: [a], interval: 5s}
          - {name: z, endpoint: "tcp://z:1", modules: [a], policy: {late_after: 200ms}}
        """);

    [Fact]
    public void Load_TargetThatOverridesNothing_HasTheModuleItself() =>
        Assert.All(_config.Targets.Take(2), target => Assert.Same(_config.Modules["a"], target.Module));

    [Fact]
    public void Load_TargetThatOverridesASetting_SharesTheRest()
    {
        var (module, own) = (_config.Modules["a"], _config.Targets[2].Module);

        Assert.NotSame(module, own);
        Assert.Same(module.Prober, own.Prober);
        Assert.Same(module.Policy, own.Policy);
        Assert.Equal([0.1, 0.2, 0.5], own.Buckets);
        Assert.Equal([0.1, 0.2], _config.Targets[3].Module.Buckets);
    }
}
