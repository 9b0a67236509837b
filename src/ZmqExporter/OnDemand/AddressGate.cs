using System.Net;
using System.Net.Sockets;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.OnDemand;

/// <summary>Lets the connections of one probe go to the addresses that the rules allow, and remembers what it refused. Thread-safe.</summary>
/// <param name="endpoint">What is probed.</param>
/// <param name="rules">Those that are about it.</param>
internal sealed class AddressGate(ZmtpEndpoint endpoint, EquatableArray<AllowRule> rules)
{
    private volatile bool _hasLet;
    private volatile bool _hasRefused;

    /// <summary>Whether it can be known before anything is looked up that no connection would be let through.</summary>
    public bool IsShut => rules.IsEmpty || (endpoint.Address is { } address && !Allows(new IPEndPoint(address, endpoint.Port)));

    /// <summary>Whether it was asked, and let nothing through.</summary>
    public bool HasRefusedAll => _hasRefused && !_hasLet;

    /// <summary>Whether a connection may go there: see <c>ZmtpOptions.MayConnect</c>.</summary>
    public bool MayConnect(EndPoint address)
    {
        var allows = Allows(address);
        if (allows)
        {
            _hasLet = true;
        }
        else
        {
            _hasRefused = true;
        }

        return allows;
    }

    private bool Allows(EndPoint address) => address switch
    {
        UnixDomainSocketEndPoint => endpoint.SocketPath is not null && !rules.IsEmpty,
        IPEndPoint tcp => endpoint.SocketPath is null && tcp.Port == endpoint.Port && rules.Any(rule => AllowList.Allows(rule, endpoint, tcp.Address)),
        _ => false,
    };
}
