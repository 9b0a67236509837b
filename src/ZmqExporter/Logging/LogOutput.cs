using System.Text;

namespace ZmqExporter.Logging;

/// <summary>
/// Writes lines on a thread of its own, so that the code that logs never waits for the reader of the log: when a reader stands still, lines are dropped
/// and counted. Thread-safe.
/// </summary>
internal sealed class LogOutput : IDisposable
{
    /// <summary>How many characters may wait: more than 10,000 lines, as many as 10,000 targets that go down at once.</summary>
    public const int MaxWaiting = 4 << 20;

    private const int MaxBatch = 16 << 10;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<string> _waiting = [];
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Stream _stream;
    private readonly Func<long, string> _lostLine;
    private readonly Thread _thread;
    private long _lost;
    private int _waitingLength;
    private volatile bool _isClosed;

    /// <param name="stream">Takes the lines; it stays the caller's.</param>
    /// <param name="lostLine">Makes the line that says how many were dropped.</param>
    public LogOutput(Stream stream, Func<long, string> lostLine)
    {
        _stream = stream;
        _lostLine = lostLine;
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Takes a line with its end. Never waits, and never fails.</summary>
    public void Write(string line)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            if (_waitingLength + line.Length > MaxWaiting)
            {
                _lost++;
                return;
            }

            _waiting.Enqueue(line);
            _waitingLength += line.Length;
            _wake.Set(); // under the lock: once this is closed, it may be disposed
        }
    }

    /// <summary>Takes no more lines, and writes those that wait, for a second at most.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        _wake.Set();
        if (_thread.Join(StopLimit))
        {
            _wake.Dispose();
        }
    }

    private void Run()
    {
        while (true)
        {
            // After a failure the next line tries again, and not this loop.
            while (TakeBatch(out var lines) is { Length: > 0 } batch && TryWriteOut(batch, lines))
            {
            }

            if (_isClosed)
            {
                return;
            }

            _wake.WaitOne();
        }
    }

    private string TakeBatch(out long lines)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 && !_isClosed)
            {
                lines = 0;
                return ""; // that lines are missing is said with the next one: a wake-up alone is no reason to try again
            }

            lines = _lost;
            var batch = new StringBuilder(_lost > 0 ? _lostLine(_lost) : "");
            _lost = 0;
            while (_waiting.TryPeek(out var line) && (batch.Length == 0 || batch.Length + line.Length <= MaxBatch))
            {
                batch.Append(line);
                lines++;
                _waitingLength -= line.Length;
                _waiting.Dequeue();
            }

            return batch.ToString();
        }
    }

    private bool TryWriteOut(string batch, long lines)
    {
        try
        {
            _stream.Write(Encoding.UTF8.GetBytes(batch));
            _stream.Flush();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // A full disk, a terminal that is gone: the next batch says how many lines are missing.
            lock (_lock)
            {
                _lost += lines;
            }

            return false;
        }
    }
}
