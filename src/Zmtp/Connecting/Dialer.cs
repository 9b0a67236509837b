using System.Net;
using System.Net.Sockets;
using Zmtp.Endpoints;
using Zmtp.Sockets;
using Zmtp.Timing;

namespace Zmtp.Connecting;

/// <summary>
/// The way from an endpoint to a connected socket: resolves the name and lets its addresses race (<see cref="AddressRace"/>). Tells its
/// owner once how it ended, and moves its deadline by what was our own lateness. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // Its cancellation source has neither timer nor handle, and is cancelled when it ends.
internal sealed class Dialer(IDialOwner owner, ZmtpEndpoint endpoint, ZmtpContext context) : TimerEntry, IThreadPoolWorkItem
#pragma warning restore CA1001
{
    // A look-up that ends in milliseconds otherwise has been held up when our timer is later than this.
    private static readonly TimeSpan LookupTolerance = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private NameResolver.Lookup? _lookup;
    private CancellationTokenSource? _resolving;
    private AddressRace? _race;
    private Timestamp _due;
    private bool _hasResolved;
    private bool _ended;

    private Timestamp Now => context.Timers.Now;

    /// <summary>Starts; the owner may be notified before this returns.</summary>
    public void Start()
    {
        try
        {
            Begin();
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
        }
    }

    /// <summary>Gives up. The owner is not notified.</summary>
    public void Abandon()
    {
        AddressRace? race;
        lock (_lock)
        {
            EndNeedsLock();
            race = _race;
        }

        race?.Abandon();
    }

    /// <inheritdoc />
    protected internal override void OnDue(Timestamp due, Timestamp now) => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>The deadline of the look-up is over.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            Proceed();
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
        }
    }

    private void Begin()
    {
        owner.Lateness.Add(owner.StartedAt, Now);
        if (endpoint.SocketPath is { } path)
        {
            Race([path]);
        }
        else if (endpoint.Address is { } address)
        {
            Race([new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, endpoint.Port)]); // a socket for IPv6 alone has no route there
        }
        else
        {
            Resolve();
        }
    }

    private void Proceed()
    {
        ZmtpError? verdict;
        lock (_lock)
        {
            var now = Now;
            if (_ended || _hasResolved || now < _due)
            {
                return;
            }

            verdict = _lookup!.Completion.Task.IsCompleted ? null : NotResolved(now);
        }

        if (verdict is not null)
        {
            Fail(verdict);
        }
        else
        {
            OnResolved();
        }
    }

    private void Resolve()
    {
        var lookup = context.Resolver.Resolve(endpoint.Host);
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _lookup = lookup;
            _resolving = new CancellationTokenSource();
            _due = owner.Deadline;
            context.Timers.Schedule(this, _due);
        }

        _ = lookup.Completion.Task.ContinueWith(
            static (_, state) => ((Dialer)state!).OnResolved(),
            this,
            _resolving!.Token, // without it, every attempt that gave up would live as long as a look-up that hangs
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    // Whichever notices first, the task's continuation or the timer.
    private void OnResolved()
    {
        try
        {
            TakeAddresses();
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
        }
    }

    private void TakeAddresses()
    {
        lock (_lock)
        {
            if (_ended || _hasResolved)
            {
                return;
            }

            _hasResolved = true;
            context.Timers.Cancel(this);
        }

        var lookup = _lookup!.Completion.Task;
        var now = Now;
        var endedAt = now - _lookup.SinceEnd;
        if (!lookup.IsCompletedSuccessfully)
        {
            Fail(SocketErrors.OnResolve(endpoint.Host, lookup.Exception!.InnerException!));
        }
        else if (endedAt > owner.Deadline)
        {
            Fail(NotResolved(now));
        }
        else
        {
            owner.Lateness.Add(endedAt, now);
            Race(DialOrder.Of(lookup.Result, endpoint.Port));
        }
    }

    private ZmtpError NotResolved(Timestamp now)
    {
        // Its thread is one of ours: when the timer was late, the look-up may have been, and nothing proves the contrary.
        var late = now - owner.Deadline;
        return late > LookupTolerance ? SocketErrors.LateLookup(endpoint.Host, late)
            : _lookup is { HasStarted: true } or { WasSlow: true }
                ? new ZmtpError(ZmtpErrorCode.Resolve, $"no name server answered for {endpoint.Host} in time")
                : new ZmtpError(ZmtpErrorCode.Local, $"{endpoint.Host} could not be looked up: every resolver thread waits for other names");
    }

    private void Race(EndPoint[] addresses)
    {
        var race = new AddressRace(owner, addresses, context);
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _race = race;
        }

        owner.OnConnecting();
        race.Start();
    }

    // There was no memory to go on. All of this runs on threads of the pool, where the exception would end the process.
    private void GiveUp()
    {
        try
        {
            lock (_lock)
            {
                EndNeedsLock();
            }

            owner.OnDialFailed(SocketErrors.NoMemoryToConnect);
        }
        catch (OutOfMemoryException)
        {
            // Not even for that. The caller that waits for the connection has a timer of its own.
        }
    }

    private void Fail(ZmtpError verdict)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            EndNeedsLock();
        }

        owner.OnDialFailed(verdict);
    }

    private void EndNeedsLock()
    {
        _ended = true;
        _resolving?.Cancel();
        context.Timers.Cancel(this);
    }
}
