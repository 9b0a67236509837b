namespace ZmqExporter.Http;

/// <summary>Lets other work run after a write when the thread has been held for a while, and counts what was written. Write-only; leaves the inner
/// stream open. Not thread-safe.</summary>
/// <remarks>A scrape of 10,000 targets keeps a thread of the pool busy for a tenth of a second. On a small machine that is half of the threads,
/// and replies to probes would wait for the other half. But each time it lets others run, a busy scrape waits for all of them: after every write
/// that was most of its time.</remarks>
/// <param name="inner">Where it writes.</param>
/// <param name="time">The clock; the system's when it is null.</param>
internal sealed class YieldingStream(Stream inner, TimeProvider? time = null) : Stream
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(2);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private Timestamp _heldSince = Timestamp.Now(time ?? TimeProvider.System);

    /// <summary>Bytes written so far.</summary>
    public long Written { get; private set; }

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await inner.WriteAsync(buffer, cancellationToken);
        Written += buffer.Length;
        if (Timestamp.Now(_time) - _heldSince >= LongestHold)
        {
            await Task.Yield(); // to the end of the pool's queue
            _heldSince = Timestamp.Now(_time);
        }
    }

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc />
    public override void Flush() => inner.Flush();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count)
    {
        inner.Write(buffer, offset, count);
        Written += count;
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();
}
