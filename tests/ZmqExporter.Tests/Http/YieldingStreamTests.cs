using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http;

public sealed class YieldingStreamTests
{
    private readonly FakeTimeProvider _time = new();

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
    public async Task WriteAsync_ThreadWasHeldForAWhile_GivesItBackThoughTheInnerStreamNeverWaits()
    {
        using var inner = new MemoryStream();
        await using var stream = new YieldingStream(inner, _time);
        _time.Advance(TimeSpan.FromMilliseconds(2));
        var queue = new QueuedContext();
        var write = WriteOn(queue, stream);
        Assert.False(write.IsCompleted); // it has queued its rest behind other work
        queue.RunAll();
        await write;

        Assert.True(WriteOn(queue, stream).IsCompletedSuccessfully); // the time begins again
        _time.Advance(TimeSpan.FromMilliseconds(2));
        write = WriteOn(queue, stream);
        Assert.False(write.IsCompleted);
        queue.RunAll();
        await write;
    }

    [Fact]
    public void WriteAsync_ThreadWasHardlyHeld_GoesOn()
    {
        using var inner = new MemoryStream();
        using var stream = new YieldingStream(inner, _time);
        _time.Advance(TimeSpan.FromMilliseconds(1.9));
        Assert.True(WriteOn(new QueuedContext(), stream).IsCompletedSuccessfully);
    }

    private static Task WriteOn(SynchronizationContext context, YieldingStream stream)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            return stream.WriteAsync("one"u8.ToArray(), CancellationToken.None).AsTask();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
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
