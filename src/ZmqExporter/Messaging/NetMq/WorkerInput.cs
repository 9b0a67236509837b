using ZmqExporter.Messaging.NetMq.Framing;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>What goes to a worker: written at once, or as soon as what is being written is out; nobody waits for it. Thread-safe.</summary>
/// <param name="onStuck">Told when the worker reads nothing any more.</param>
internal sealed class WorkerInput(Action onStuck) : IDisposable
{
    private const int MostUnwritten = 64 << 20; // bytes

    private readonly Lock _lock = new();
    private FrameBuffer _filling = new();
    private FrameBuffer _writing = new();
    private Stream? _stream;
    private bool _isReady;
    private bool _isWriting;
    private bool _isDisposed;

    /// <summary>The pipe is there, and the first frame goes out on it.</summary>
    public void Begin(Stream stream, FrameBuffer hello)
    {
        lock (_lock)
        {
            _stream = stream;
            if (_isDisposed)
            {
                stream.Dispose();
            }
            else
            {
                stream.Write(hello.Written.Span);
            }
        }
    }

    /// <summary>The worker is ready for all others.</summary>
    public void OnReady()
    {
        lock (_lock)
        {
            _isReady = true;
            FlushNeedsLock();
        }
    }

    /// <summary>Writes a frame.</summary>
    public void Write<T>(T call, Action<FrameBuffer, T> write)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                write(_filling, call);
                FlushNeedsLock();
            }
        }
    }

    /// <summary>Closes the pipe, at which the worker ends by itself.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
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

    private void FlushNeedsLock()
    {
        if (_isWriting || !_isReady || _isDisposed || _filling.Count == 0)
        {
            if (_filling.Count > MostUnwritten)
            {
                onStuck();
            }

            return;
        }

        (_filling, _writing) = (_writing, _filling);
        _isWriting = true;
        ValueTask write;
        try
        {
            write = _stream!.WriteAsync(_writing.Written);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _isDisposed = true; // it has just ended: who reads sees that too
            return;
        }

        if (write.IsCompletedSuccessfully)
        {
            _writing.Clear();
            _isWriting = false;
        }
        else
        {
            _ = WriteRestAsync(write);
        }
    }

    private async Task WriteRestAsync(ValueTask write)
    {
        try
        {
            await write;
            lock (_lock)
            {
                _writing.Clear();
                _isWriting = false;
                FlushNeedsLock();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It is gone: who reads sees that too.
        }
    }
}
