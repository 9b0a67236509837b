using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Zmtp.Tests.Support;

/// <summary>Sends a descriptor over a Unix socket: unix(7), SCM_RIGHTS.</summary>
internal static unsafe class DescriptorSender
{
    public static void Send(Socket socket, ReadOnlySpan<byte> bytes, SafeFileHandle passed)
    {
        // cmsg(3): length, level SOL_SOCKET, type SCM_RIGHTS, and the descriptor.
        var control = stackalloc byte[24];
        *(long*)control = 20;
        *(int*)(control + 8) = 1;
        *(int*)(control + 12) = 1;
        *(int*)(control + 16) = (int)passed.DangerousGetHandle();
        fixed (byte* start = bytes)
        {
            var vector = stackalloc nint[] { (nint)start, bytes.Length };
            var header = stackalloc nint[] { 0, 0, (nint)vector, 1, (nint)control, 24, 0 }; // struct msghdr
            Assert.Equal(bytes.Length, SendMsg((int)socket.Handle, header, 0));
        }
    }

    [DllImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SendMsg(int socket, nint* header, int flags);
}
