using System.Runtime.CompilerServices;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Probing;

public sealed class PartsByConfigTests
{
    private int _built;

    [Fact]
    public void Of_EqualConfigs_AreBuiltOnce()
    {
        var parts = new PartsByConfig<Config, object>(Build);

        Assert.Same(parts.Of(new Config("a")), parts.Of(new Config("a")));
        Assert.NotSame(parts.Of(new Config("a")), parts.Of(new Config("b")));
        Assert.Equal(2, _built);
    }

    [Fact]
    public void Of_OneHash_AreTwoThings()
    {
        var parts = new PartsByConfig<OneHash, string>(config => config.Name);
        var (a, b) = (new OneHash("a"), new OneHash("b"));

        Assert.Equal(["a", "b", "a"], [parts.Of(a), parts.Of(b), parts.Of(a)]);
    }

    [Fact]
    public void Of_ConfigsThatAreGone_TakeTheirPartsWithThem()
    {
        var parts = new PartsByConfig<Config, object>(Build);
        var weak = Enumerable.Range(0, 1_000).Select(i => Make(parts, i)).ToArray();

        GC.Collect();

        Assert.True(weak.Count(part => part.IsAlive) < 10);
        GC.KeepAlive(parts);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Make(PartsByConfig<Config, object> parts, int i) => new(parts.Of(new Config($"{i}")));

    private object Build(Config config)
    {
        _built++;
        return new object();
    }

    private sealed record Config(string Name);

    private sealed record OneHash(string Name)
    {
        public override int GetHashCode() => 1;
    }
}
