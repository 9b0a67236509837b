using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zmtp.Wire;

namespace Zmtp.Sockets;

/// <summary>
/// Receives from a TCP socket together with the time at which the kernel got the bytes, which .NET does not offer: recvmsg(2) and
/// the SO_TIMESTAMPNS of socket(7), on Linux. Unsafe code as in <see cref="KernelSocket"/> and <see cref="Epoll"/>, and nowhere else in the library. Thread-safe.
/// </summary>
internal static unsafe partial class KernelReceive
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int TimestampNs = 35; // SO_TIMESTAMPNS, and the type of its control message: two 64-bit numbers on every 64-bit system
    private const int DoNotWait = 0x40; // MSG_DONTWAIT
    private const int CloseOnExec = 0x40000000; // MSG_CMSG_CLOEXEC
    private const int ControlSize = 64; // one such message takes 32 bytes
    private const int ControlHeaderSize = 16; // cmsg(3): length, level, type

    // The layouts below are those of 64-bit systems. musl declares two of the lengths as 32 bits and padding, which is the same
    // where the low bytes come first.
    private static volatile bool _isSupported = KernelSocket.IsUsed;
    private static Socket? _keeper;
    private static volatile Socket? _other; // that keeps them on, too

    /// <summary>Whether the kernel tells, as far as has been tried.</summary>
    public static bool IsSupported => _isSupported;

    /// <summary>Asks the kernel for arrival times. Never throws: without them an arrival is only known to lie in an interval.</summary>
    /// <returns>Whether it tells.</returns>
    public static bool TryEnable(Socket socket)
    {
        if (!_isSupported)
        {
            return false;
        }

        try
        {
            Ask(socket);
        }
        catch (SocketException)
        {
            // A sandbox that imitates Linux (gVisor, seccomp); each further attempt would cost an exception.
            _isSupported = false;
            return false;
        }

        if (_other is not { SafeHandle.IsClosed: false })
        {
            KeepStampsOn(ref _keeper, static () => new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, ProtocolType.Udp));
        }

        return true;
    }

    /// <summary>Has a socket that is needed anyway, and that is open for long, keep the stamps on: a descriptor less.</summary>
    public static void KeepStampsOn(Socket socket)
    {
        try
        {
            if (_isSupported)
            {
                Ask(socket);
                _other = socket;
                Interlocked.Exchange(ref _keeper, null)?.Dispose();
            }
        }
        catch (SocketException)
        {
            // As without it.
        }
    }

    /// <summary>Reads what is there and does not wait.</summary>
    /// <param name="socket">A TCP socket: a peer on a Unix socket could give us descriptors of its own so, which nobody would close.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="stamp">When the last byte came: nanoseconds since 1970 on the system's wall clock; 0 when the kernel did not say.</param>
    /// <param name="error"><see cref="SocketError.WouldBlock"/> when the socket is empty.</param>
    /// <returns>How many bytes; 0 at the end of the stream and on an error.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static int Receive(Socket socket, Span<byte> buffer, out long stamp, out SocketError error)
    {
        var control = stackalloc byte[ControlSize];
        fixed (byte* bytes = buffer)
        {
            var vector = new Vector { Start = bytes, Length = (nuint)buffer.Length };
            var header = new Header { Vectors = &vector, VectorCount = 1 };
            while (true)
            {
                header.Control = control;
                header.ControlLength = ControlSize;
                var count = RecvMsg(socket.SafeHandle, &header, DoNotWait | CloseOnExec);
                if (count >= 0)
                {
                    stamp = ReadStamp(new ReadOnlySpan<byte>(control, (int)header.ControlLength));
                    error = SocketError.Success;
                    return (int)count;
                }

                if (!KernelSocket.WasInterrupted)
                {
                    (stamp, error) = (0, KernelSocket.LastError());
                    return 0;
                }
            }
        }
    }

    /// <summary>The time in the control messages of a read, or 0.</summary>
    internal static long ReadStamp(ReadOnlySpan<byte> control)
    {
        while (control.Length >= ControlHeaderSize)
        {
            var length = (int)Math.Min(MemoryMarshal.Read<ulong>(control), (ulong)control.Length);
            if (length < ControlHeaderSize)
            {
                return 0;
            }

            var data = control[ControlHeaderSize..length];
            if (MemoryMarshal.Read<int>(control[8..]) == SocketLevel && MemoryMarshal.Read<int>(control[12..]) == TimestampNs && data.Length >= 16)
            {
                return (MemoryMarshal.Read<long>(data) * 1_000_000_000) + MemoryMarshal.Read<long>(data[8..]);
            }

            control = control[Math.Min((length + 7) & ~7, control.Length)..];
        }

        return 0;
    }

    private static void Ask(Socket socket) => socket.SetRawSocketOption(SocketLevel, TimestampNs, [1, 0, 0, 0]);

    // The kernel stamps packets only while some socket of the host asks for it, and changes its own code at each first and last one:
    // with this one, exporters that make a connection for each probe do not make it do so all the time, and no first answer is without.
    // Where it cannot be made, for want of descriptors as a rule, stamps come all the same, and the next connection tries again.
    internal static void KeepStampsOn(ref Socket? keeper, Func<Socket> make)
    {
        if (keeper is not null)
        {
            return;
        }

        Socket? made = null;
        try
        {
            made = make();
            Ask(made);
            made = Interlocked.CompareExchange(ref keeper, made, null) is null ? null : made;
        }
        catch (SocketException)
        {
            // Nothing depends on it.
        }
        finally
        {
            made?.Dispose();
        }
    }

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint RecvMsg(SafeSocketHandle socket, Header* header, int flags);

    /// <summary>struct iovec.</summary>
    private struct Vector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    private struct Header
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
