using System.Buffers;
using System.IO.Pipelines;
using ZmqExporter.Messaging.NetMq.Framing;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>What goes to a worker: written at once, or as soon as what is being written is out; nobody waits for it. Thread-safe.</summary>
/// <param name="onStuck">Called when the worker reads nothing any more.</param>
internal sealed class WorkerInput(Action onStuck) : IDisposable
{
    private const int MostUnwritten = 64 << 20; // bytes

    private readonly Lock _lock = new();
    private readonly FrameBuffer _frame = new();
    private readonly Pipe _pipe = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, pauseWriterThreshold: MostUnwritten, resumeWriterThreshold: MostUnwritten, useSynchronizationContext: false));

    private Stream? _stream;
    private bool _isOver;

    /// <summary>The pipe is there.</summary>
    public void Begin(Stream stream)
    {
        lock (_lock)
        {
            _stream = stream;
            if (_isOver)
            {
                stream.Dispose();
            }
        }

        _ = WriteAllAsync(stream);
    }

    /// <summary>Writes a frame.</summary>
    public void Write(Action<FrameBuffer> write)
    {
        var isStuck = false;
        lock (_lock)
        {
            if (!_isOver)
            {
                _frame.Clear();
                write(_frame);
                _frame.End();
                _pipe.Writer.Write(_frame.Written);
#pragma warning disable CA2012 // That it is not completed says all: too much has gathered.
                _isOver = isStuck = !_pipe.Writer.FlushAsync(CancellationToken.None).IsCompleted;
#pragma warning restore CA2012
            }
        }

        if (isStuck)
        {
            onStuck();
        }
    }

    /// <summary>Closes the pipe, at which the worker ends by itself.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            try
            {
                _stream?.Dispose();
            }
            catch (IOException)
            {
                // It is gone.
            }
        }
    }

    private async Task WriteAllAsync(Stream stream)
    {
        try
        {
            await _pipe.Reader.CopyToAsync(stream);
        }
#pragma warning disable CA1031 // The worker is gone: who reads from it sees that too. Nobody awaits this.
        catch (Exception)
        {
            await _pipe.Reader.CompleteAsync(); // what comes now is not kept
        }
#pragma warning restore CA1031
    }
}
