using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What to do about a server whose ZMTP is too old for our own client.</summary>
internal static class OldPeer
{
    // NetMQ 4.0.4.5 was tried against libzmq 3.2.6, which speaks 2.0: REP, ROUTER and PUB work. Against libzmq 2.2.1, which speaks 1.0, it
    // sends an empty message before the first request, which a ROUTER hands to its application: nobody is notified to do that.
    private const string Spoken = "2.0";

    /// <summary>Adds the other client to the words of an error, where that one can do what the module asks for.</summary>
    public static ZmtpError Advise(ZmtpError error, TargetConfig target) => error.PeerVersion == Spoken && NetMqCan(target)
        ? error with { Message = $"{error.Message}; or write client: netmq in the module: NetMQ still speaks {Spoken}" }
        : error;

    // 2.0 has no security: a module that asks for some must not lose it in silence.
    private static bool NetMqCan(TargetConfig target) => target is
    {
        Endpoint.SocketPath: null,
        Module: { Client: MessagingClient.Zmtp, Security: SecurityConfig.Null, Prober: RequestProberConfig or SubscribeProberConfig },
    };
}
