using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.Reloading;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Scheduling;

namespace ZmqExporter.Tests.Reloading;

public sealed class ConfigReloaderTests
{
    private static readonly EquatableArray<FileState> Files = [new("zmq.yml", "1")];

    private readonly FakeLogCollector _logs = new();
    private readonly List<ExporterConfig> _applied = [];
    private Func<ConfigResult> _load = () => throw new InvalidOperationException("nobody said what to load");
    private string? _problem;
    private Exception? _fault;
    private Func<int>? _count;

    [Fact]
    public async Task ReloadAsync_OtherConfig_IsAppliedOnceAndSaidInNumbers()
    {
        var reloader = Create(Config("a"));
        _load = () => Config("a", "b");

        var result = await reloader.ReloadAsync("test");

        Assert.True(result.IsSuccess);
        Assert.Equal("reloaded: of the pairs of a target and a module 1 added, 0 changed, 0 removed, 1 unchanged", result.Words());
        Assert.Equal(Config("a", "b").Config, Assert.Single(_applied));
    }

    [Fact]
    public async Task ReloadAsync_EqualConfig_IsASuccessThatDoesNothing()
    {
        var reloader = Create(Config("a"));
        _load = () => Config("a");

        Assert.Equal("reloaded: of the pairs of a target and a module 0 added, 0 changed, 0 removed, 1 unchanged", (await reloader.ReloadAsync("test")).Words());
        Assert.Empty(_applied);
    }

    [Fact]
    public async Task ReloadAsync_EqualConfig_CountsTheTargetsOfSourcesToo()
    {
        _count = () => 5;
        var reloader = Create(Config("a"));
        _load = () => Config("a");

        Assert.EndsWith(" 0 removed, 5 unchanged", (await reloader.ReloadAsync("test")).Words(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReloadAsync_Errors_ChangeNothingAndAreAllSaid()
    {
        var reloader = Create(Config("a"));
        var errors = new[] { new ConfigError("zmq.yml", 1, 2, "x", "is wrong", "mend it"), new ConfigError("zmq.yml", 3, 4, "", "is wrong, too", "") };
        _load = () => new ConfigResult(null, [.. errors], [new("zmq.yml", "2"), new("other.key", "-")]);

        var result = await reloader.ReloadAsync("test");

        Assert.False(result.IsSuccess);
        Assert.Equal("zmq.yml:1:2: x: is wrong; mend it\nzmq.yml:3:4: is wrong, too", result.Words());
        Assert.Empty(_applied);
        Assert.Equal(["zmq.yml", "other.key"], reloader.Files.Select(file => file.Path), StringComparer.Ordinal); // these may mend it when they change
        Assert.Equal(3, _logs.GetSnapshot().Count(record => record.Level == LogLevel.Error));
    }

    [Fact]
    public async Task ReloadAsync_ConfigThatThisProcessCannotRun_ChangesNothing()
    {
        var reloader = Create(Config("a"));
        _load = () => Config("a", "b");
        _problem = "too many targets";

        Assert.Equal("zmq.yml: too many targets", (await reloader.ReloadAsync("test")).Words());
        Assert.Empty(_applied);
        _problem = null;
        Assert.True((await reloader.ReloadAsync("test")).IsSuccess);
    }

    [Fact]
    public async Task ReloadAsync_Bug_IsAnAnswerAndTheNextReloadWorks()
    {
        var reloader = Create(Config("a"));
        Assert.Contains("a bug in zmq_exporter", (await reloader.ReloadAsync("test")).Words(), StringComparison.Ordinal);
        _load = () => Config("a", "b");
        Assert.True((await reloader.ReloadAsync("test")).IsSuccess);
    }

    // Half of it may be in force: going back to what was before must not be taken for a file that has not changed.
    [Fact]
    public async Task ReloadAsync_BugWhileItIsPutInForce_TheNextOneAppliesInAnyCase()
    {
        var reloader = Create(Config("a"));
        _load = () => Config("a", "b");
        _fault = new InvalidOperationException("a bug");
        Assert.False((await reloader.ReloadAsync("test")).IsSuccess);

        _fault = null;
        _load = () => Config("a");
        Assert.True((await reloader.ReloadAsync("test")).IsSuccess);
        Assert.Equal(2, _applied.Count);
        Assert.True((await reloader.ReloadAsync("test")).IsSuccess);
        Assert.Equal(2, _applied.Count);
    }

    [Fact]
    public async Task ReloadAsync_FileIsNotReadInTime_IsAnError()
    {
        var reloader = Create(Config("a"));
        _load = () => throw new FileTooSlowException(TimeSpan.FromSeconds(30));

        Assert.Equal("zmq.yml: it, or a file that it names, was not within 30s read", (await reloader.ReloadAsync("test")).Words());
        Assert.DoesNotContain(_logs.GetSnapshot(), record => record.Exception is not null);
    }

    [Fact]
    public async Task ReloadAsync_AskedWhileOneWaits_SharesIt()
    {
        var reloader = Create(Config("a"), begins: false);
        var loads = 0;
        _load = () =>
        {
            loads++;
            return Config("a", "b");
        };
        var first = reloader.ReloadAsync("first");
        var second = reloader.ReloadAsync("second");
        Assert.False(first.IsCompleted); // nothing can be replaced before it runs
        reloader.Begin();
        Assert.Same(await first, await second);
        Assert.Equal(1, loads);
    }

    [Fact]
    public async Task ReloadAsync_AskedWhileOneReads_ReadsOnceMore()
    {
        var reloader = Create(Config("a"));
        var names = new Queue<string>(["b", "c"]);
        Task<ReloadResult>? second = null;
        _load = () =>
        {
            var config = Config(names.Dequeue());
            second ??= reloader.ReloadAsync("changed while it was read");
            return config;
        };
        await reloader.ReloadAsync("test");
        await second!;
        Assert.Equal(["b", "c"], _applied.Select(config => config.Targets[0].Name), StringComparer.Ordinal);
    }

    private static ConfigResult Config(params string[] targets) =>
        new(new ExporterConfig { Targets = [.. targets.Select(name => TestTargets.Create(name))] }, [], Files);

    private ConfigReloader Create(ConfigResult loaded, bool begins = true)
    {
        var time = new FakeTimeProvider();
        var metrics = new ExporterMetrics(new TargetSet(time), MetricsDetail.Full, time);
        var current = loaded.Config!;
        var reloader = new ConfigReloader(
            loaded,
            () => _load(),
            _ => _problem,
            loaded =>
            {
                var config = loaded.Config!;
                _applied.Add(config);
                if (_fault is not null)
                {
                    throw _fault;
                }

                var diff = TargetDiff.Of(current.Targets.ToDictionary(TargetKey.Of), config.Targets);
                current = config;
                return diff;
            },
            metrics.Self.Reloads,
            new FakeLogger<ConfigReloader>(_logs))
        {
            Count = _count,
        };
        if (begins)
        {
            reloader.Begin();
        }

        return reloader;
    }
}
