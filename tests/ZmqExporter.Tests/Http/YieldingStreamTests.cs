using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http;

public sealed class YieldingStreamTests
{
    [Fact]
    public async Task WriteAsync_Twice_CountsBoth()
    {
        using var inner = new MemoryStream();
        await using var stream = new YieldingStream(inner);
        await stream.WriteAsync("one"u8.ToArray(), TestContext.Current.CancellationToken);
        await stream.WriteAsync("four"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(7, stream.Written);
        Assert.Equal("onefour"u8.ToArray(), inner.ToArray());
    }

    [Fact]
    public async Task WriteAsync_InnerStreamThatNeverWaits_StillGivesTheThreadBack()
    {
        using var inner = new MemoryStream();
        await using var stream = new YieldingStream(inner);
        var queue = new QueuedContext();
        SynchronizationContext.SetSynchronizationContext(queue);
        var write = stream.WriteAsync("one"u8.ToArray(), CancellationToken.None);
        SynchronizationContext.SetSynchronizationContext(null);
        Assert.False(write.IsCompleted); // it has queued its rest behind other work
        queue.RunAll();
        await write;
    }

    private sealed class QueuedContext : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = [];

        public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));

        public void RunAll()
        {
            while (_work.TryDequeue(out var work))
            {
                work.Callback(work.State);
            }
        }
    }
}
