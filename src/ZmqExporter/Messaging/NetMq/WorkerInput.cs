using System.Buffers;
using System.IO.Pipelines;
using System.IO.Pipes;
using System.Net.Sockets;
using ZmqExporter.Messaging.NetMq.Framing;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>What goes to a worker: written at once, or as soon as what is being written is out; nobody waits for it. Thread-safe.</summary>
/// <param name="onStuck">Called when the worker reads nothing any more.</param>
internal sealed class WorkerInput(Action onStuck) : IDisposable
{
    private const int MostUnwritten = 64 << 20; // bytes

    private readonly Lock _lock = new();
    private readonly FrameBuffer _frame = new();
    private readonly Pipe _pipe = new(new System.IO.Pipelines.PipeOptions(
        readerScheduler: PipeScheduler.Inline, pauseWriterThreshold: MostUnwritten, resumeWriterThreshold: MostUnwritten, useSynchronizationContext: false));

    private Socket? _socket; // which a pipe can be to .NET
    private bool _isOver;

    /// <summary>The pipe is there. A stream would have a thread of the pool write each frame; a socket is written to right here.</summary>
    /// <param name="pipe">It has lost its handle when this returns.</param>
    public void Begin(PipeStream pipe)
    {
        var handle = pipe.SafePipeHandle;
        var socket = new Socket(new SafeSocketHandle(handle.DangerousGetHandle(), ownsHandle: true)) { Blocking = false };
        handle.SetHandleAsInvalid();
        lock (_lock)
        {
            _socket = socket;
            if (_isOver)
            {
                socket.Dispose();
            }
        }

        _ = WriteAllAsync(socket);
    }

    /// <summary>Writes a frame, on this thread unless the pipe is full.</summary>
    /// <param name="call">What it is made of.</param>
    /// <param name="write">Makes it.</param>
    public void Write<T>(T call, Action<FrameBuffer, T> write)
    {
        var isStuck = false;
        lock (_lock)
        {
            if (!_isOver)
            {
                _frame.Clear();
                write(_frame, call);
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
            _socket?.Dispose();
        }
    }

    private async Task WriteAllAsync(Socket socket)
    {
        try
        {
            while (true)
            {
                var frames = (await _pipe.Reader.ReadAsync()).Buffer;
                for (var next = frames.Start; frames.TryGet(ref next, out var block);)
                {
                    for (; !block.IsEmpty; block = block[await socket.SendAsync(block)..])
                    {
                        // What the pipe has no room for waits.
                    }
                }

                _pipe.Reader.AdvanceTo(frames.End);
            }
        }
#pragma warning disable CA1031 // The worker is gone: who reads from it sees that too. Nobody awaits this.
        catch (Exception)
        {
            await _pipe.Reader.CompleteAsync(); // what comes now is not kept
        }
#pragma warning restore CA1031
    }
}
