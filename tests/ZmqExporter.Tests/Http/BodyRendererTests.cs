using System.IO.Compression;
using System.Text;
using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http;

public sealed class BodyRendererTests
{
    private readonly BodyRenderer _renderer = new();

    [Fact]
    public async Task Render_AskedWhileOneIsRendered_SharesTheNextOne()
    {
        var first = new Writing("first");
        var one = Render("key", first);
        await first.Started;
        var next = new Writing("next");
        var two = Render("key", next);
        var three = Render("key", new Writing("never"));
        Assert.False(next.Started.IsCompleted); // one at a time
        first.Go();
        Assert.Equal("first", await TextAsync(await one));
        await next.Started;
        var last = new Writing("last");
        var four = Render("key", last); // too late for the one that has begun
        next.Go();
        Assert.Same(await two, await three);
        Assert.Equal("next", await TextAsync(await two));
        last.Go();
        Assert.Equal("last", await TextAsync(await four));
    }

    [Fact]
    public async Task Render_OtherKey_IsNotShared()
    {
        var first = new Writing("first");
        var one = Render("key", first);
        await first.Started;
        var two = Render("key", new Writing("two", go: true));
        var three = Render("other", new Writing("three", go: true));
        first.Go();
        await one;
        Assert.Equal("two", await TextAsync(await two));
        Assert.Equal("three", await TextAsync(await three));
    }

    [Fact]
    public async Task Render_WriterFails_FailsForThoseWhoWaitedAndForNobodyElse()
    {
        var bad = Render("key", new Writing("bad", go: true, error: new InvalidDataException("a bug")));
        await Assert.ThrowsAsync<InvalidDataException>(() => bad);
        Assert.Equal("good", await TextAsync(await Render("key", new Writing("good", go: true))));
    }

    [Fact]
    public async Task Render_AllLeave_StopsIt()
    {
        using var leave = new CancellationTokenSource();
        var writing = new Writing("text");
        var one = _renderer.RenderAsync("key", writing.WriteAsync, leave.Token);
        await writing.Started;
        Assert.False(writing.Cancellation.IsCancellationRequested);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.True(writing.Cancellation.IsCancellationRequested);
        writing.Go();
        Assert.Equal("next", await TextAsync(await Render("key", new Writing("next", go: true))));
    }

    [Fact]
    public async Task Render_OneOfTwoLeaves_GoesOn()
    {
        using var leave = new CancellationTokenSource();
        var before = new Writing("before");
        var first = Render("key", before);
        await before.Started;
        var writing = new Writing("text");
        var one = _renderer.RenderAsync("key", writing.WriteAsync, leave.Token);
        var two = Render("key", new Writing("never"));
        before.Go();
        await writing.Started;
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(writing.Cancellation.IsCancellationRequested);
        writing.Go();
        Assert.Equal("text", await TextAsync(await two));
    }

    [Fact]
    public async Task Render_AllLeaveBeforeItsTurn_IsNotRendered()
    {
        using var leave = new CancellationTokenSource();
        var before = new Writing("before");
        var first = Render("key", before);
        await before.Started;
        var writing = new Writing("text", go: true);
        var one = _renderer.RenderAsync("key", writing.WriteAsync, leave.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        before.Go();
        await Render("other", new Writing("after it", go: true));
        Assert.False(writing.Started.IsCompleted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(RenderedBody.PartSize)]
    [InlineData(1_000_000)]
    public async Task Parts_BothWays_AreWhatWasWritten(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes); // does not compress: many parts
        var body = await _renderer.RenderAsync(
            "key", (stream, cancellation) => stream.WriteAsync(bytes, cancellation).AsTask(), TestContext.Current.CancellationToken);

        var plain = await ReadAsync(body, compressed: false);
        Assert.Equal(bytes, plain);
        Assert.Equal(length, body.Length);

        var compressed = await ReadAsync(body, compressed: true);
        Assert.Equal(compressed.Length, body.CompressedLength);
        using var unpacked = new MemoryStream();
        if (compressed.Length > 0) // of nothing nothing is written
        {
            await using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
            await gzip.CopyToAsync(unpacked, TestContext.Current.CancellationToken);
        }

        Assert.Equal(bytes, unpacked.ToArray());
    }

    [Fact]
    public async Task Parts_OfASharedBody_OutliveTheOtherReader()
    {
        var before = new Writing("before");
        var first = Render("key", before);
        await before.Started;
        var writing = new Writing(new string('x', 300_000), go: true);
        var one = Render("key", writing);
        var two = Render("key", writing);
        before.Go();
        (await one).Release();
        Assert.Equal(300_000, (await TextAsync(await two)).Length);
    }

    private Task<RenderedBody> Render(string key, Writing writing) =>
        _renderer.RenderAsync(key, writing.WriteAsync, TestContext.Current.CancellationToken);

    private static async Task<string> TextAsync(RenderedBody body) => Encoding.UTF8.GetString(await ReadAsync(body, compressed: false));

    private static async Task<byte[]> ReadAsync(RenderedBody body, bool compressed)
    {
        using var all = new MemoryStream();
        await foreach (var part in body.PartsAsync(compressed, TestContext.Current.CancellationToken))
        {
            Assert.InRange(part.Length, 1, RenderedBody.PartSize);
            all.Write(part.Span);
        }

        return all.ToArray();
    }

    /// <summary>A writer that waits for the test.</summary>
    private sealed class Writing(string text, bool go = false, Exception? error = null)
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => _started.Task;

        public CancellationToken Cancellation { get; private set; }

        public void Go() => _go.TrySetResult();

        public async Task WriteAsync(Stream stream, CancellationToken cancellation)
        {
            Cancellation = cancellation;
            _started.TrySetResult();
            if (!go)
            {
                await _go.Task;
            }

            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
            if (error is not null)
            {
                throw error;
            }
        }
    }
}
