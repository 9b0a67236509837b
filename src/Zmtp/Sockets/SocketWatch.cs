using System.Net.Sockets;

namespace Zmtp.Sockets;

/// <summary>
/// Watches the sockets of all connections with one thread. .NET would hand each event over to a thread of the pool, which costs more than what
/// most of them are about, and would look into the socket twice more for each. Thread-safe.
/// </summary>
internal sealed class SocketWatch
{
    /// <summary>What its thread is called.</summary>
    internal const string ThreadName = "zmq-sockets";

    private const int MostAtOnce = 128;

    private static readonly Lock Making = new();
    private static volatile SocketWatch? _shared;

    private readonly Lock _lock = new();
    private readonly Epoll _epoll;
    private readonly IWatchedSocket?[] _ready = new IWatchedSocket?[MostAtOnce];
    private Slot[] _slots = new Slot[16];
    private int _used; // slots that were ever taken
    private int _free = -1; // the first of those that are free again

    private SocketWatch(Epoll epoll) => _epoll = epoll;

    /// <summary>The one of the process; null where the system has none, or no descriptor for it.</summary>
    public static SocketWatch? Shared => _shared ?? TryMake();

    /// <summary>Begins to watch a socket; its owner may be notified before this returns.</summary>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="owner">Is notified.</param>
    /// <param name="isConnecting">Whether to notify of the end of its connect as well.</param>
    /// <returns>Default when the kernel has no room for it.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public Watching TryAdd(Socket socket, IWatchedSocket owner, bool isConnecting)
    {
        var watching = new Watching(this, Take(owner));
        var isAdded = false;
        try
        {
            isAdded = _epoll.TryAdd(socket, watching.Key, isConnecting);
        }
        finally
        {
            if (!isAdded)
            {
                Remove(watching.Key);
            }
        }

        return isAdded ? watching : default;
    }

    /// <summary>Another owner is notified from now on. What the one before was notified of is to be looked for.</summary>
    public void SetOwner(ulong key, IWatchedSocket owner)
    {
        lock (_lock)
        {
            if (IsTakenNeedsLock(key))
            {
                _slots[Index(key)].Owner = owner;
            }
        }
    }

    /// <summary>Nobody is notified of it any more. The socket itself is out when it is closed.</summary>
    public void Remove(ulong key)
    {
        lock (_lock)
        {
            if (IsTakenNeedsLock(key))
            {
                ref var slot = ref _slots[Index(key)];
                slot = new Slot { Generation = slot.Generation + 1, NextFree = _free };
                _free = Index(key);
            }
        }
    }

    /// <summary>Makes another one, which lives as long as the process; null where the system has none. For tests.</summary>
    internal static SocketWatch? TryCreate()
    {
        if (Epoll.TryCreate(MostAtOnce) is not { } epoll)
        {
            return null;
        }

        var made = new SocketWatch(epoll);
        new Thread(made.Run) { IsBackground = true, Name = ThreadName }.UnsafeStart();
        return made;
    }

    private static SocketWatch? TryMake()
    {
        lock (Making)
        {
            return _shared ??= TryCreate();
        }
    }

    private static int Index(ulong key) => (int)(uint)key;

    private bool IsTakenNeedsLock(ulong key) => Index(key) < _used && _slots[Index(key)].Generation == key >> 32;

    private ulong Take(IWatchedSocket owner)
    {
        lock (_lock)
        {
            var index = _free;
            if (index < 0)
            {
                if (_used == _slots.Length)
                {
                    Array.Resize(ref _slots, 2 * _slots.Length);
                }

                index = _used++;
            }
            else
            {
                _free = _slots[index].NextFree;
            }

            ref var slot = ref _slots[index];
            slot.Owner = owner;
            slot.Generation = Math.Max(1, slot.Generation); // no key is 0
            return ((ulong)slot.Generation << 32) | (uint)index;
        }
    }

    private void Run()
    {
        while (true)
        {
            var count = _epoll.Wait();
            lock (_lock)
            {
                for (var i = 0; i < count; i++)
                {
                    var key = _epoll.Event(i, out _);

                    // Its descriptor may have been closed meanwhile, and its slot be another's.
                    _ready[i] = IsTakenNeedsLock(key) ? _slots[Index(key)].Owner : null;
                }
            }

            for (var i = 0; i < count; i++)
            {
                _epoll.Event(i, out var isEnding);
                _ready[i]?.OnReady(isEnding);
                _ready[i] = null;
            }
        }
    }

    private struct Slot
    {
        public IWatchedSocket? Owner;
        public uint Generation;
        public int NextFree;
    }
}

/// <summary>A socket that is watched; default for one that is not.</summary>
/// <param name="Watch">By whom.</param>
/// <param name="Key">What it is called there.</param>
internal readonly record struct Watching(SocketWatch? Watch, ulong Key)
{
    /// <summary>Another owner is notified from now on.</summary>
    public void SetOwner(IWatchedSocket owner) => Watch?.SetOwner(Key, owner);

    /// <summary>Nobody is notified any more.</summary>
    public void End() => Watch?.Remove(Key);
}
