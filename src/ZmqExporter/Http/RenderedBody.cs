using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace ZmqExporter.Http;

/// <summary>The body of a response, rendered once for all who asked for it, compressed in pooled memory until the last of them has read it.
/// Thread-safe.</summary>
internal sealed class RenderedBody
{
    /// <summary>Most bytes of a part; the pool gives back memory of this size without a collection.</summary>
    public const int PartSize = 64 << 10;

    // Nobody reads while it is written, so writing must never wait for a reader.
    private readonly Pipe _compressed = new(new PipeOptions(
        minimumSegmentSize: PartSize, pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false));

    private readonly Lock _gate = new();
    private int _holders = 1; // the one who renders, and those who will read
    private CancellationTokenSource? _rendering; // stops it; null before and after
    private ReadOnlySequence<byte> _bytes;

    /// <summary>How many bytes it has compressed.</summary>
    public long CompressedLength => _bytes.Length;

    /// <summary>How many bytes it has uncompressed.</summary>
    public long Length { get; private set; }

    /// <summary>Adds one who will read it, or give up, and calls <see cref="Release"/> then.</summary>
    public void AddReader()
    {
        lock (_gate)
        {
            _holders++;
        }
    }

    /// <summary>One holder less. Without any its memory goes back, and a rendering that nobody waits for any more is stopped.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _holders--;
            if (_holders == 1)
            {
                _rendering?.Cancel();
            }
            else if (_holders == 0)
            {
                _compressed.Writer.Complete();
                _compressed.Reader.Complete();
                _bytes = default;
            }
        }
    }

    /// <summary>Fills it. Called once, before anybody reads; no reader may join any more.</summary>
    /// <exception cref="OperationCanceledException">All who wanted it have left.</exception>
    public async Task RenderAsync(Func<Stream, CancellationToken, Task> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var unwanted = new CancellationTokenSource();
        lock (_gate)
        {
            if (_holders == 1)
            {
                throw new OperationCanceledException();
            }

            _rendering = unwanted;
        }

        try
        {
            await using (var gzip = new GZipStream(_compressed.Writer.AsStream(leaveOpen: true), CompressionLevel.Fastest))
            {
                await using var plain = new YieldingStream(gzip);
                await write(plain, unwanted.Token);
                Length = plain.Written;
            }

            await _compressed.Writer.FlushAsync();
            _compressed.Reader.TryRead(out var all);
            _bytes = all.Buffer;
        }
        finally
        {
            lock (_gate)
            {
                _rendering = null;
            }
        }
    }

    /// <summary>The body in parts, each of which must be used up before the next one is asked for.</summary>
    /// <param name="compressed">As it is, or uncompressed on the way.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> PartsAsync(
        bool compressed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (compressed || _bytes.IsEmpty) // gzip's stream writes nothing of nothing, which is not gzip
        {
            foreach (var part in _bytes)
            {
                yield return part;
            }

            yield break;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(PartSize);
        try
        {
            await using var gzip = new GZipStream(PipeReader.Create(_bytes).AsStream(), CompressionMode.Decompress);
            var part = buffer.AsMemory(0, PartSize);
            int count;
            while ((count = await gzip.ReadAtLeastAsync(part, PartSize, throwOnEndOfStream: false, cancellationToken)) > 0)
            {
                yield return part[..count];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
