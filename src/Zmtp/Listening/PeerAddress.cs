using System.Net;
using System.Net.Sockets;

namespace Zmtp.Listening;

/// <summary>Where a peer came from.</summary>
/// <param name="Text">An IP address without its port, or the name of our Unix socket.</param>
/// <param name="Group">With which others it shares limits: of IPv6, one /64.</param>
internal readonly record struct PeerAddress(string Text, string Group)
{
    /// <summary>That of an accepted socket.</summary>
    /// <param name="socket">It.</param>
    /// <param name="own">Where we listen: the address of a peer that has none, or has left already.</param>
    public static PeerAddress Of(Socket socket, string own)
    {
        try
        {
            if (socket.RemoteEndPoint is IPEndPoint { Address: var address })
            {
                address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
                var group = address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
                return new PeerAddress(address.ToString(), group);
            }
        }
        catch (SocketException)
        {
            // It has left already.
        }

        return new PeerAddress(own, own);
    }
}
