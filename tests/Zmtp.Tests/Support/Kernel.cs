using System.Net;
using System.Net.Sockets;

namespace Zmtp.Tests.Support;

/// <summary>What Linux says of a socket.</summary>
internal static class Kernel
{
    /// <summary>Waits until everything that was sent lies in the other side's socket, read or not: its kernel has acknowledged it.</summary>
    public static void WaitUntilDelivered(Socket socket)
    {
        var info = new byte[256];
        Eventually.True(() =>
        {
            var length = socket.GetRawSocketOption(6, 11, info); // TCP_INFO
            Assert.True(length >= 148);
            return BitConverter.ToInt32(info, 24) == 0 && BitConverter.ToInt32(info, 144) == 0; // unacked, not sent
        });
    }

    /// <summary>Waits until the kernel stamps what comes, which it begins to do a moment after the first socket has asked for it.</summary>
    public static void WaitForStamps()
    {
        var (client, server) = Connect();
        using (client)
        using (server)
        {
            Assert.True(KernelReceive.TryEnable(client));
            var buffer = new byte[64];
            Eventually.True(
                () =>
                {
                    server.Send([1]);
                    client.Poll(1_000_000, SelectMode.SelectRead);
                    return KernelReceive.Receive(client, buffer, out var stamp, out _) > 0 && stamp != 0;
                },
                () => "this kernel gives no arrival times");
        }
    }

    /// <summary>Two ends of a TCP connection.</summary>
    public static (Socket Client, Socket Server) Connect()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        client.Blocking = false;
        return (client, listener.Accept());
    }
}
