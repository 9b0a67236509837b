using System.Net;

namespace Zmtp.Connecting;

/// <summary>In which order the addresses of a name are tried (RFC 8305, section 4).</summary>
public static class DialOrder
{
    /// <summary>The resolver's order (RFC 6724), but with the two families taking turns: a family that leads nowhere costs one head start and not many.</summary>
    /// <param name="addresses">At least one.</param>
    /// <param name="port">TCP port.</param>
    public static IPEndPoint[] Of(IReadOnlyList<IPAddress> addresses, int port)
    {
        var first = new Queue<IPAddress>(addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily));
        var second = new Queue<IPAddress>(addresses.Where(address => address.AddressFamily != addresses[0].AddressFamily));
        var ordered = new List<IPEndPoint>(addresses.Count);
        while (first.Count + second.Count > 0)
        {
            if (first.TryDequeue(out var address))
            {
                ordered.Add(new IPEndPoint(address, port));
            }

            if (second.TryDequeue(out address))
            {
                ordered.Add(new IPEndPoint(address, port));
            }
        }

        return [.. ordered];
    }
}
