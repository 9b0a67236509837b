using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Zmtp.Sockets;

/// <summary>What Linux tells of a TCP connection (TCP_INFO, tcp(7)).</summary>
internal readonly struct TcpInfo
{
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int Option = 11; // TCP_INFO
    private const int SynSent = 2;
    private const int Close = 7;

    // Offsets in struct tcp_info of linux/tcp.h, to which fields are only ever added at the end.
    private const int StateAt = 0;
    private const int OptionsAt = 5;
    private const int TimestampsOption = 1;
    private const int UnackedAt = 24;
    private const int LastDataReceivedAt = 52;
    private const int LastAckReceivedAt = 56;
    private const int OldSize = 104;
    private const int NotSentAt = 144; // since Linux 4.6

    private TcpInfo(byte state, bool hasTimestamps, long connectedFor, bool? isAcknowledged)
    {
        IsConnecting = state == SynSent;
        IsClosed = state == Close;
        HasTimestamps = hasTimestamps;
        ConnectedFor = TimeSpan.FromMilliseconds(connectedFor);
        IsAcknowledged = isAcknowledged;
    }

    /// <summary>Whether the peer has not answered our connect yet.</summary>
    public bool IsConnecting { get; }

    /// <summary>Whether there is no connection: none was begun, it was refused, or it is over.</summary>
    public bool IsClosed { get; }

    /// <summary>Whether both sides put timestamps into their packets.</summary>
    public bool HasTimestamps { get; }

    /// <summary>
    /// For how long it has been connected, at least: for so long no data has come, or no acknowledgement. Little is known of a connection
    /// that is in use. The kernel counts in steps of 1 to 10 ms.
    /// </summary>
    public TimeSpan ConnectedFor { get; }

    /// <summary>Whether the peer's kernel has acknowledged all that we sent; null when this kernel is too old to tell.</summary>
    public bool? IsAcknowledged { get; }

    /// <summary>Asks the kernel.</summary>
    /// <returns>False for another kind of socket, on another system, and on a socket that is closed.</returns>
    public static bool TryRead(Socket socket, out TcpInfo info)
    {
        info = default;
        if (!OperatingSystem.IsLinux() || socket.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[NotSentAt + sizeof(uint)];
        try
        {
            var length = socket.GetRawSocketOption(TcpLevel, Option, bytes);
            if (length < OldSize)
            {
                return false;
            }

            info = Parse(bytes[..length]);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>The fields of at least 104 bytes.</summary>
    internal static TcpInfo Parse(ReadOnlySpan<byte> bytes)
    {
        var unacked = Number(bytes, UnackedAt);
        bool? isAcknowledged = unacked != 0 ? false
            : bytes.Length < NotSentAt + sizeof(uint) ? null
            : Number(bytes, NotSentAt) == 0;

        // The end of the connect set both to 0, data does too, and an acknowledgement does one of them.
        return new TcpInfo(bytes[StateAt], (bytes[OptionsAt] & TimestampsOption) != 0, Math.Max(Number(bytes, LastDataReceivedAt), Number(bytes, LastAckReceivedAt)), isAcknowledged);
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int offset) => MemoryMarshal.Read<uint>(bytes[offset..]);
}
