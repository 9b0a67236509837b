using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Background;

namespace ZmqExporter.Tests.Background;

public sealed class PeriodicWorkTests : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<string> _said = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_TurnThatFails_IsToldAndTheNextOneComes(bool beginsAtOnce)
    {
        var running = Run(beginsAtOnce, () => throw new InvalidOperationException("a bug"));
        Assert.Equal(beginsAtOnce ? 1 : 0, _said.Count);
        await PassAsync(_said.Count + 1);
        await PassAsync(_said.Count + 1);
        Assert.All(_said, words => Assert.Equal("a bug", words));
        await StopAsync(running);
    }

    [Fact]
    public async Task RunAsync_StoppedBetweenTurns_EndsWithoutAnException()
    {
        var running = Run(beginsAtOnce: false, () => _said.Add("turn"));
        await StopAsync(running);
        Assert.Empty(_said);
    }

    [Fact]
    public async Task RunAsync_StoppedInATurn_EndsAfterIt()
    {
        var running = Run(beginsAtOnce: true, () =>
        {
            _stopping.Cancel();
            _said.Add("turn");
        });
        await StopAsync(running);
        Assert.Equal(["turn"], _said);
    }

    public void Dispose() => _stopping.Dispose();

    private Task Run(bool beginsAtOnce, Action work) => PeriodicWork.RunAsync(Period, _time, work, exception => _said.Add(exception.Message), beginsAtOnce, _stopping.Token);

    // A turn runs on another thread when the time for it has come.
    private Task PassAsync(int turns)
    {
        _time.Advance(Period);
        return Eventually.TrueAsync(() => _said.Count == turns, $"{turns} turns");
    }

    private async Task StopAsync(Task running)
    {
        await _stopping.CancelAsync();
        await running.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
    }
}
