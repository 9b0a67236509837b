using System.Net;
using System.Net.Sockets;

namespace Zmtp;

/// <summary>
/// Resolves names through the operating system on threads of its own. The system's resolver blocks for many seconds when a
/// name server is silent: on the shared thread pool, a few such names would stop every probe. Thread-safe.
/// </summary>
public sealed class NameResolver
{
    private readonly Lock _lock = new();
    private readonly Func<string, IPAddress[]> _lookup;
    private readonly int _maxThreads;
    private readonly Dictionary<string, Lookup> _lookups = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<Lookup> _queue = new();
    private int _threads;

    /// <summary>Makes a resolver.</summary>
    /// <param name="lookup">Name to addresses, may block and throw <see cref="SocketException"/>; null asks the operating system.</param>
    /// <param name="maxThreads">How many names are looked up at a time. One that hangs holds one thread, however often it is asked for.</param>
    public NameResolver(Func<string, IPAddress[]>? lookup = null, int maxThreads = 64)
    {
        _lookup = lookup ?? Dns.GetHostAddresses;
        _maxThreads = maxThreads;
    }

    /// <summary>Looks a name up now; callers that ask for the same name at the same time share one look-up.</summary>
    /// <param name="host">The name.</param>
    /// <returns>
    /// A look-up whose task yields at least one address or fails with <see cref="SocketException"/>. There is no deadline:
    /// stop waiting instead.
    /// </returns>
    internal Lookup Resolve(string host)
    {
        lock (_lock)
        {
            if (_lookups.TryGetValue(host, out var running))
            {
                return running;
            }

            var lookup = new Lookup(host);
            _lookups.Add(host, lookup);
            _queue.Enqueue(lookup);
            if (_threads < _maxThreads)
            {
                StartThreadNeedsLock();
            }

            return lookup;
        }
    }

    private void StartThreadNeedsLock()
    {
        try
        {
            new Thread(Work) { IsBackground = true, Name = "zmtp-resolver" }.Start();
            _threads++;
        }
        catch (OutOfMemoryException exception)
        {
            // The system gives us no more threads. Those that run take the queue over; without any, nobody would.
            while (_threads == 0 && _queue.TryDequeue(out var lookup))
            {
                _lookups.Remove(lookup.Host);
                Fail(lookup, exception);
            }
        }
    }

    private void Work()
    {
        while (TryTake(out var lookup))
        {
            Run(lookup);
        }
    }

    private bool TryTake(out Lookup lookup)
    {
        lock (_lock)
        {
            // A thread that finds no work ends: look-ups are rare, and a thread is cheap beside one.
            if (_queue.TryDequeue(out lookup!))
            {
                lookup.HasStarted = true;
                return true;
            }

            _threads--;
            return false;
        }
    }

    private void Run(Lookup lookup)
    {
        IPAddress[]? addresses = null;
        Exception failure = new SocketException((int)SocketError.NoData);
        try
        {
            addresses = _lookup(lookup.Host);
        }
#pragma warning disable CA1031 // Whatever a resolver throws is the outcome of this look-up and must not end the thread.
        catch (Exception exception)
        {
            failure = exception;
        }
#pragma warning restore CA1031

        lock (_lock)
        {
            _lookups.Remove(lookup.Host);
        }

        if (addresses is { Length: > 0 })
        {
            lookup.Completion.TrySetResult(addresses);
        }
        else
        {
            Fail(lookup, failure);
        }
    }

    private static void Fail(Lookup lookup, Exception failure)
    {
        lookup.Completion.TrySetException(failure);
        _ = lookup.Completion.Task.Exception; // whoever asked may have given up: nobody need look at it
    }

    /// <summary>One look-up.</summary>
    internal sealed class Lookup(string host)
    {
        private volatile bool _hasStarted;

        public string Host => host;

        /// <summary>False while it waits for a free thread: then no answer proves nothing about the name.</summary>
        public bool HasStarted
        {
            get => _hasStarted;
            set => _hasStarted = value;
        }

        public TaskCompletionSource<IPAddress[]> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
