using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http;

public sealed class YieldingStreamTests
{
    [Fact]
    public async Task WriteAsync_Twice_TellsBeforeAndAfterEach()
    {
        // So that the patience with a reader runs only while there is something to take.
        var told = new List<string>();
        using var inner = new MemoryStream();
        await using var stream = new YieldingStream(inner, () => told.Add($"writing at {inner.Length}"), () => told.Add($"written at {inner.Length}"));
        Assert.Empty(told);
        await stream.WriteAsync("one"u8.ToArray(), TestContext.Current.CancellationToken);
        await stream.WriteAsync("four"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(["writing at 0", "written at 3", "writing at 3", "written at 7"], told);
    }
}
