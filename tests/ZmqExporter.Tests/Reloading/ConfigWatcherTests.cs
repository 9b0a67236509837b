using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Reloading;

namespace ZmqExporter.Tests.Reloading;

public sealed class ConfigWatcherTests
{
    private readonly FakeTimeProvider _time = new();
    private string _state = "1";
    private EquatableArray<FileState> _read = [new("zmq.yml", "1")];
    private int _looks;
    private int _reloads;

    [Fact]
    public async Task FileChanges_IsReloadedOnceItHasStoodStill()
    {
        using var watcher = new ConfigWatcher(() => _read, _ => Look(), Reload, _time, NullLogger<ConfigWatcher>.Instance);
        await watcher.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Volatile.Read(ref _looks) == 1, "it looks once it has its timer");
        await LookAsync();
        Assert.Equal(0, _reloads);

        _state = "2";
        await LookAsync();
        _state = "3"; // written still
        await LookAsync();
        Assert.Equal(0, _reloads);

        await LookAsync();
        await Eventually.TrueAsync(() => _reloads == 1, "it is reloaded");
        await LookAsync();
        await LookAsync();
        Assert.Equal(1, _reloads);
        await watcher.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task FileIsWrittenAllTheTime_IsReloadedInTheEnd()
    {
        using var watcher = new ConfigWatcher(() => _read, _ => Look(), Reload, _time, NullLogger<ConfigWatcher>.Instance);
        await watcher.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Volatile.Read(ref _looks) == 1, "it looks once it has its timer");
        for (var i = 0; i < 6; i++)
        {
            _state = $"written {i}";
            await LookAsync();
        }

        await Eventually.TrueAsync(() => _reloads == 1, "it is reloaded");
        await watcher.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task LookThatFails_IsContainedAndTheNextOneWorks()
    {
        using var watcher = new ConfigWatcher(() => _read, _ => Look() == "1" ? throw new InvalidOperationException("a bug") : _state, Reload, _time, NullLogger<ConfigWatcher>.Instance);
        await watcher.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Volatile.Read(ref _looks) == 1, "it looks once it has its timer");
        _state = "2";
        await LookAsync();
        await LookAsync();
        await Eventually.TrueAsync(() => _reloads == 1, "it is reloaded");
        await watcher.StopAsync(TestContext.Current.CancellationToken);
    }

    private string Look()
    {
        Interlocked.Increment(ref _looks);
        return _state;
    }

    private Task Reload()
    {
        _reloads++;
        _read = [new("zmq.yml", _state)];
        return Task.CompletedTask;
    }

    private async Task LookAsync()
    {
        var looks = Volatile.Read(ref _looks);
        _time.Advance(ConfigWatcher.Period);
        await Eventually.TrueAsync(() => Volatile.Read(ref _looks) > looks, "it looks");
    }
}
