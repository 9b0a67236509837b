using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

public sealed class ModulePartsTests
{
    private static readonly ExpectConfig Expect = ExpectConfig.Matches(1, "a+");

    [Fact]
    public void PlanOf_OneModule_IsBuiltOnce()
    {
        var config = new RequestProberConfig(SocketType.Req, Persistent: true, [new RequestStepConfig([new FrameConfig("a", [])], [Expect])]);

        Assert.Same(ModuleParts.PlanOf(config), ModuleParts.PlanOf(config));
    }

    // As a reload makes it of a file in which the module is what it was.
    [Fact]
    public void PlanOf_EqualModules_IsBuiltOnce()
    {
        var first = new RequestProberConfig(SocketType.Req, Persistent: true, [new RequestStepConfig([new FrameConfig("a", [])], [Expect])]);
        var second = new RequestProberConfig(SocketType.Req, Persistent: true, [new RequestStepConfig([new FrameConfig("a", [])], [Expect])]);

        Assert.Same(ModuleParts.PlanOf(first), ModuleParts.PlanOf(second));
        Assert.NotSame(ModuleParts.PlanOf(first), ModuleParts.PlanOf(second with { Persistent = false }));
    }

    [Fact]
    public void ConditionsOf_OneModule_AreBuiltOnce()
    {
        var config = new SubscribeProberConfig([[]], TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), [Expect]);

        Assert.Same(ModuleParts.ConditionsOf(config), ModuleParts.ConditionsOf(config));
        Assert.Equal([0, 1 << 20], ModuleParts.ConditionsOf(config)!.Inspected);
        Assert.Null(ModuleParts.ConditionsOf(config with { Expect = [] }));
    }
}
