using System.Net;
using System.Net.Sockets;
using Zmtp.Limits;
using Zmtp.Timing;

namespace Zmtp.Connecting;

/// <summary>
/// Resolves names through the operating system on threads of its own. The system's resolver blocks for many seconds when a
/// name server is silent: on the shared thread pool, a few such names would stop every probe. Names that were slow queue for a few
/// threads of their own, so that a silent name server does not keep the names of the others waiting. Thread-safe.
/// </summary>
public sealed class NameResolver
{
    private const int SlowThreads = 16;

    // A healthy look-up takes milliseconds.
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Func<string, IPAddress[]> _lookup;
    private readonly DescriptorBudget _descriptors;
    private readonly Dictionary<string, Lookup> _running = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _slowNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lane _fast;
    private readonly Lane _slow;

    /// <summary>Makes a resolver.</summary>
    /// <param name="lookup">Name to addresses, may block and throw <see cref="SocketException"/>; null asks the operating system.</param>
    /// <param name="maxThreads">How many names are looked up at a time. One that hangs holds one thread, however often it is asked for.</param>
    /// <param name="descriptors">What the look-ups take their descriptors from; null is no limit.</param>
    public NameResolver(Func<string, IPAddress[]>? lookup = null, int maxThreads = 256, DescriptorBudget? descriptors = null)
    {
        _lookup = lookup ?? Dns.GetHostAddresses;
        _descriptors = descriptors ?? new DescriptorBudget();
        _fast = new Lane(maxThreads);
        _slow = new Lane(SlowThreads);
    }

    /// <summary>Looks a name up now.</summary>
    /// <param name="host">The name.</param>
    /// <returns>At least one address, or <see cref="SocketException"/>. There is no deadline: stop waiting instead.</returns>
    public Task<IPAddress[]> ResolveAsync(string host) => Resolve(host).Completion.Task;

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
            if (_running.TryGetValue(host, out var running))
            {
                return running;
            }

            var wasSlow = _slowNames.Contains(host);
            var lane = wasSlow ? _slow : _fast;
            var lookup = new Lookup(host, wasSlow);
            _running.Add(host, lookup);
            lane.Queue.Enqueue(lookup);
            if (lane.Threads < lane.MaxThreads)
            {
                StartThreadNeedsLock(lane);
            }

            return lookup;
        }
    }

    private void StartThreadNeedsLock(Lane lane)
    {
        try
        {
            new Thread(() => Work(lane)) { IsBackground = true, Name = "zmtp-resolver" }.Start();
            lane.Threads++;
        }
        catch (OutOfMemoryException exception)
        {
            // The system gives us no more threads. Those that run take the queue over; without any, nobody would.
            while (lane.Threads == 0 && lane.Queue.TryDequeue(out var lookup))
            {
                _running.Remove(lookup.Host);
                Fail(lookup, exception);
            }
        }
    }

    private void Work(Lane lane)
    {
        while (TryTake(lane, out var lookup))
        {
            Run(lookup);
        }
    }

    private bool TryTake(Lane lane, out Lookup lookup)
    {
        lock (_lock)
        {
            // A thread that finds no work ends: look-ups are rare, and a thread is cheap beside one.
            if (lane.Queue.TryDequeue(out lookup!))
            {
                lookup.HasStarted = true;
                return true;
            }

            lane.Threads--;
            return false;
        }
    }

    private void Run(Lookup lookup)
    {
        IPAddress[]? addresses = null;
        Exception failure = new SocketException((int)SocketError.NoData);
        var start = Timestamp.Now(TimeProvider.System);
        try
        {
            addresses = Ask(lookup.Host);
        }
#pragma warning disable CA1031 // Whatever a resolver throws is the outcome of this look-up and must not end the thread.
        catch (Exception exception)
        {
            failure = exception;
        }
#pragma warning restore CA1031

        lock (_lock)
        {
            _running.Remove(lookup.Host);
            if (start.Elapsed(TimeProvider.System) > SlowAfter)
            {
                _slowNames.Add(lookup.Host);
            }
            else
            {
                _slowNames.Remove(lookup.Host);
            }
        }

        if (addresses is { Length: > 0 })
        {
            lookup.EndsNow();
            lookup.Completion.TrySetResult(addresses);
        }
        else
        {
            Fail(lookup, failure);
        }
    }

    private IPAddress[] Ask(string host)
    {
        if (!_descriptors.TryTakeLookup())
        {
            throw new SocketException((int)SocketError.TooManyOpenSockets);
        }

        try
        {
            return _lookup(host);
        }
        finally
        {
            _descriptors.ReturnLookup();
        }
    }

    private static void Fail(Lookup lookup, Exception failure)
    {
        lookup.EndsNow();
        lookup.Completion.TrySetException(failure);
        _ = lookup.Completion.Task.Exception; // the caller may have given up: nobody need look at it
    }

    /// <summary>One look-up.</summary>
    internal sealed class Lookup(string host, bool wasSlow)
    {
        private volatile bool _hasStarted;
        private Timestamp _endedAt;

        public string Host => host;

        /// <summary>How long ago it ended; only after that.</summary>
        public TimeSpan SinceEnd => _endedAt.Elapsed(TimeProvider.System);

        /// <summary>Whether the last look-up of this name took very long: then it is no wonder of ours when this one does not end.</summary>
        public bool WasSlow => wasSlow;

        /// <summary>False while it waits for a free thread: then no answer proves nothing about the name.</summary>
        public bool HasStarted
        {
            get => _hasStarted;
            set => _hasStarted = value;
        }

        public TaskCompletionSource<IPAddress[]> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Notes the time; the outcome follows.</summary>
        public void EndsNow() => _endedAt = Timestamp.Now(TimeProvider.System);
    }

    /// <summary>Look-ups that wait for the same threads.</summary>
    private sealed class Lane(int maxThreads)
    {
        public int MaxThreads => maxThreads;

        public Queue<Lookup> Queue { get; } = new();

        public int Threads { get; set; }
    }
}
