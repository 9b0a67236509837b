using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Zmtp.Sockets;

/// <summary>
/// What a socket does without waiting, as Linux itself has it. .NET would keep a state of its own for each non-blocking socket, and watch those that
/// it has connected from then on, beside <see cref="SocketWatch"/>. .NET's socket does not know that it is connected, either: what it would
/// have remembered is asked for here. On other systems .NET's own way is taken. Thread-safe.
/// </summary>
internal static unsafe partial class KernelSocket
{
    private const int GetFlags = 3; // F_GETFL
    private const int SetFlags = 4; // F_SETFL
    private const int NonBlocking = 0x800; // O_NONBLOCK, on all of .NET's Linux systems
    private const int DoNotWait = 0x40; // MSG_DONTWAIT
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int Interrupted = 4; // EINTR
    private const int TryAgain = 11; // EAGAIN
    private const int InProgress = 115; // EINPROGRESS
    private const int MostAddress = 128; // struct sockaddr_storage

    /// <summary>Whether this system is one of those.</summary>
    public static bool IsUsed { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess && BitConverter.IsLittleEndian;

    /// <summary>Has a socket never wait.</summary>
    /// <exception cref="SocketException">The system refuses.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static void SetNonBlocking(Socket socket)
    {
        if (!IsUsed)
        {
            socket.Blocking = false;
            return;
        }

        var flags = Control(socket.SafeHandle, GetFlags, 0);
        if (flags < 0 || Control(socket.SafeHandle, SetFlags, flags | NonBlocking) < 0)
        {
            throw new SocketException();
        }
    }

    /// <summary>Sends what the kernel takes at once.</summary>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="bytes">What to send.</param>
    /// <param name="error"><see cref="SocketError.WouldBlock"/> when it takes nothing now.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static int Send(Socket socket, ReadOnlySpan<byte> bytes, out SocketError error)
    {
        if (!IsUsed)
        {
            return socket.Send(bytes, SocketFlags.None, out error);
        }

        fixed (byte* start = bytes)
        {
            nint count;
            do
            {
                count = Send(socket.SafeHandle, start, (nuint)bytes.Length, DoNotWait | NoSignal);
            }
            while (count < 0 && WasInterrupted);

            error = count < 0 ? LastError() : SocketError.Success;
            return (int)Math.Max(0, count);
        }
    }

    /// <summary>Whether a signal ended the system call, the last one of this thread, before it did anything.</summary>
    internal static bool WasInterrupted => Marshal.GetLastPInvokeError() == Interrupted;

    /// <summary>What was wrong with the last system call of this thread, in .NET's words.</summary>
    internal static SocketError LastError() =>
        Marshal.GetLastPInvokeError() == TryAgain ? SocketError.WouldBlock : new SocketException().SocketErrorCode;

    /// <summary>Reads what is there.</summary>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="error"><see cref="SocketError.WouldBlock"/> when there is nothing.</param>
    /// <returns>How many bytes; 0 at the end of the stream and on an error.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static int Receive(Socket socket, Span<byte> buffer, out SocketError error)
    {
        if (!IsUsed)
        {
            return socket.Receive(buffer, SocketFlags.None, out error);
        }

        fixed (byte* start = buffer)
        {
            nint count;
            do
            {
                count = Receive(socket.SafeHandle, start, (nuint)buffer.Length, DoNotWait);
            }
            while (count < 0 && WasInterrupted);

            error = count < 0 ? LastError() : SocketError.Success;
            return (int)Math.Max(0, count);
        }
    }

    /// <summary>Begins to connect.</summary>
    /// <param name="socket">A non-blocking socket.</param>
    /// <param name="address">Where to.</param>
    /// <returns>How it ended; <see cref="SocketError.InProgress"/> when it has not.</returns>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static SocketError BeginConnect(Socket socket, EndPoint address)
    {
        var name = address.Serialize();
        fixed (byte* bytes = name.Buffer.Span)
        {
            return Connect(socket.SafeHandle, bytes, (uint)name.Size) == 0 ? SocketError.Success
                : Marshal.GetLastPInvokeError() == InProgress ? SocketError.InProgress
                : LastError();
        }
    }

    /// <summary>How a connect ended.</summary>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static SocketError EndConnect(Socket socket)
    {
        try
        {
            return (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    /// <summary>The address of our own side; null where there is none.</summary>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    public static IPEndPoint? LocalAddress(Socket socket)
    {
        var name = new SocketAddress(socket.AddressFamily, MostAddress);
        var length = (uint)MostAddress;
        fixed (byte* bytes = name.Buffer.Span)
        {
            if (GetName(socket.SafeHandle, bytes, ref length) != 0)
            {
                return null;
            }
        }

        name.Size = (int)length;
        return new IPEndPoint(IPAddress.Any, 0).Create(name) as IPEndPoint;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(SafeSocketHandle socket, int operation, nint flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Send(SafeSocketHandle socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Receive(SafeSocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Connect(SafeSocketHandle socket, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetName(SafeSocketHandle socket, byte* address, ref uint length);
}
