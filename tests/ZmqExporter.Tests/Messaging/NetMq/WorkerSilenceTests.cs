using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging.NetMq;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>A worker that says nothing: a shell stands for it.</summary>
public sealed class WorkerSilenceTests : IDisposable
{
    private readonly TimerQueue _timers = new(new FakeTimeProvider());
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _timers.Dispose();

    [Fact]
    public void OnPeriod_WorkerNeverGetsReady_IsKilledInTheEnd()
    {
        var worker = Start("");
        Periods(worker, 239);
        Assert.False(worker.WasHung);

        AssertHangs(worker);
    }

    [Fact]
    public async Task OnPeriod_WorkerThatWasAskedDoesNotAnswer_IsKilledInTheEnd()
    {
        var worker = Start(ShellWorker.SaysHello + "; ");
        Assert.True(await worker.Ready);
        Periods(worker, 1000);
        Assert.False(worker.WasHung); // nobody has asked

        worker.Expect();
        Periods(worker, 79);
        Assert.False(worker.WasHung);
        AssertHangs(worker);
    }

    private WorkerProcess Start(string says)
    {
        var settings = new WorkerSettings(NullLogger.Instance) { Program = ShellWorker.Program(says + "exec sleep 300") };
        return new WorkerProcess(settings, _timers, "requests", SuspectList.SharedThreads, _ => _ended.SetResult());
    }

    private static void Periods(WorkerProcess worker, int count)
    {
        for (var i = 0; i < count; i++)
        {
            worker.OnPeriod();
        }
    }

    // It may still be about to start.
    private void AssertHangs(WorkerProcess worker)
    {
        Eventually.True(() =>
        {
            worker.OnPeriod();
            return _ended.Task.IsCompleted;
        });
        Assert.Equal((true, false, "it did not answer any more, and was killed"), (worker.WasHung, worker.WasBrokenInside, worker.End));
    }
}
