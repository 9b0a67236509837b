using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Zmtp.Sockets;

/// <summary>epoll(7) of Linux, edge-triggered. Thread-safe.</summary>
internal sealed unsafe partial class Epoll
{
    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC
    private const int Add = 1; // EPOLL_CTL_ADD
    private const uint In = 1;
    private const uint Out = 4;
    private const uint Error = 8;
    private const uint HangUp = 0x10;
    private const uint PeerHangUp = 0x2000; // EPOLLRDHUP
    private const uint EdgeTriggered = 1u << 31;
    private const int Interrupted = 4; // EINTR

    // struct epoll_event is packed on x86-64, and on no other 64-bit system.
    private static readonly int KeyAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? sizeof(uint) : sizeof(ulong);
    private static readonly int EventSize = KeyAt + sizeof(ulong);

    private readonly int _descriptor;
    private readonly byte[] _events;

    private Epoll(int descriptor, int mostAtOnce) => (_descriptor, _events) = (descriptor, GC.AllocateArray<byte>(mostAtOnce * EventSize, pinned: true));

    /// <summary>Makes one, which lives as long as the process.</summary>
    /// <param name="mostAtOnce">How many events a wait hands over.</param>
    /// <returns>Null where there is none, or no descriptor for it.</returns>
    public static Epoll? TryCreate(int mostAtOnce)
    {
        if (!KernelSocket.IsUsed)
        {
            return null;
        }

        try
        {
            var descriptor = Create(CloseOnExec);
            return descriptor < 0 ? null : new Epoll(descriptor, mostAtOnce);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Begins to watch a socket, until its descriptor is closed. What there is already is an event, too.</summary>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="key">Names it in events.</param>
    /// <param name="isConnecting">Whether the end of its connect is an event.</param>
    /// <returns>False when the kernel has no room for it.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public bool TryAdd(Socket socket, ulong key, bool isConnecting)
    {
        Span<byte> what = stackalloc byte[EventSize];
        MemoryMarshal.Write(what, In | (isConnecting ? Out : 0) | PeerHangUp | EdgeTriggered);
        MemoryMarshal.Write(what[KeyAt..], key);
        fixed (byte* bytes = what)
        {
            return Control(_descriptor, Add, socket.SafeHandle, bytes) == 0;
        }
    }

    /// <summary>Waits until something happens. For one thread.</summary>
    /// <returns>How many events there are.</returns>
    public int Wait()
    {
        fixed (byte* events = _events)
        {
            while (true)
            {
                var count = Wait(_descriptor, events, _events.Length / EventSize, -1);
                if (count >= 0)
                {
                    return count;
                }

                if (Marshal.GetLastPInvokeError() != Interrupted)
                {
                    throw new InvalidOperationException($"epoll_wait: error {Marshal.GetLastPInvokeError()}");
                }
            }
        }
    }

    /// <summary>An event of the last wait.</summary>
    /// <param name="index">Which.</param>
    /// <param name="isEnding">Whether the stream or the connection ends.</param>
    /// <returns>The key of its socket.</returns>
    public ulong Event(int index, out bool isEnding)
    {
        var bytes = _events.AsSpan(index * EventSize, EventSize);
        isEnding = (MemoryMarshal.Read<uint>(bytes) & (PeerHangUp | HangUp | Error)) != 0;
        return MemoryMarshal.Read<ulong>(bytes[KeyAt..]);
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int descriptor, int operation, SafeSocketHandle socket, byte* what);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Wait(int descriptor, byte* events, int most, int timeout);
}
