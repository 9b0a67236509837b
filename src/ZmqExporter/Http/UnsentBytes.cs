using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace ZmqExporter.Http;

/// <summary>Bounds what the kernel takes from us before it can send it.</summary>
/// <remarks>Linux' buffer for one connection grows to 4 MB. A slow reader then makes no room in it for tens of seconds and seems to take
/// nothing; and the memory of many such readers is as lost as our own. The bytes on their way are not bounded, so a fast reader far away
/// stays fast.</remarks>
internal static class UnsentBytes
{
    private const int Most = 128 << 10;
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int NotSentLowWater = 25; // TCP_NOTSENT_LOWAT, tcp(7)

    /// <summary>Bounds them for a connection; other systems than Linux go without.</summary>
    public static void Limit(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (!OperatingSystem.IsLinux()
            || connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { ProtocolType: ProtocolType.Tcp } socket)
        {
            return;
        }

        try
        {
            socket.SetRawSocketOption(TcpLevel, NotSentLowWater, BitConverter.GetBytes(Most));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client has left already.
        }
    }
}
