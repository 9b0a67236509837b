using NetMQ;
using NetMQ.Sockets;

namespace NetMqPeer;

/// <summary>NetMQ's sockets by the names that the command line uses.</summary>
internal static class Sockets
{
    /// <summary>Opens one.</summary>
    /// <param name="kind">A socket type in lower case.</param>
    public static NetMQSocket Open(string kind) => kind switch
    {
        "req" => new RequestSocket(),
        "rep" => new ResponseSocket(),
        "dealer" => new DealerSocket(),
        "router" => new RouterSocket(),
        "pub" => new PublisherSocket(),
        "xpub" => new XPublisherSocket(),
        "sub" => new SubscriberSocket(),
        "xsub" => new XSubscriberSocket(),
        "push" => new PushSocket(),
        "pull" => new PullSocket(),
        "pair" => new PairSocket(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "NetMQ has no such socket."),
    };

    /// <summary>What every server's socket needs before it listens.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="curveSecretKey">Z85; be a CURVE server with it.</param>
    public static void Configure(NetMQSocket socket, string? curveSecretKey)
    {
        socket.Options.Linger = TimeSpan.Zero;
        if (curveSecretKey is not null)
        {
            socket.Options.CurveServer = true;
            socket.Options.CurveCertificate = NetMQCertificate.CreateFromSecretKey(curveSecretKey);
        }
    }
}
