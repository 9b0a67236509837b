using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace ZmqExporter.Configuration;

/// <summary>
/// Looks at files on threads that may hang: a read from a network file system whose server is gone does not end, and nobody can cancel it.
/// Whoever waits gets an exception after a while. A path that hangs costs one thread, however often it is asked for. Thread-safe.
/// </summary>
/// <param name="limit">How long a look may take.</param>
internal sealed class TimedFiles(TimeSpan limit)
{
    /// <value>How long a file that is read for targets may take: a disk that spins up, not a server that is gone.</value>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Task> _hanging = new(StringComparer.Ordinal);

    /// <summary>The same inputs, with an <see cref="IOException"/> for a file that is not read in time.</summary>
    public ConfigInputs Limit(ConfigInputs inputs) => inputs with { ReadFile = (path, most) => Run(path, () => inputs.ReadFile(path, most)) };

    /// <summary>Runs something that may hang.</summary>
    /// <param name="path">What it looks at.</param>
    /// <param name="look">Has no effect but its result: it may end long after nobody waits for it any more.</param>
    /// <exception cref="FileTooSlowException">It has not ended in time, or an earlier look at this path has not ended yet.</exception>
    public T Run<T>(string path, Func<T> look)
    {
        if (_hanging.TryGetValue(path, out var earlier) && !earlier.IsCompleted)
        {
            throw new FileTooSlowException(limit);
        }

        var task = Task.Factory.StartNew(look, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (Task.WaitAny([task], limit) < 0)
        {
            _hanging[path] = task;
            throw new FileTooSlowException(limit);
        }

        _hanging.TryRemove(path, out _);
        if (task.Exception is { } exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerException!);
        }

        return task.Result;
    }
}
