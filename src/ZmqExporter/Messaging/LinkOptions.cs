using System.Collections.Immutable;
using System.Net;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.Messaging;

/// <summary>Where a link leads and how it behaves: all that a client needs to know of a target. Immutable.</summary>
internal sealed record LinkOptions
{
    /// <value>What the link is called in logs: the target and its module.</value>
    public required string Name { get; init; }

    /// <value>Where the server listens.</value>
    public required ZmtpEndpoint Endpoint { get; init; }

    /// <value>Our side of the pattern.</value>
    public required SocketType SocketType { get; init; }

    /// <value>Mechanism and credentials. Default NULL.</value>
    public ZmtpSecurity Security { get; init; } = ZmtpSecurity.Null;

    /// <value>The prefixes that a SUB subscribes to at each connect; of a PUB the topics under which it sends. Default none.</value>
    public ImmutableArray<ImmutableArray<byte>> Topics { get; init; } = [];

    /// <value>By which identity a ROUTER knows us; empty for none. With one there is never a second connection that takes part: a ROUTER
    /// takes only the first. Default none.</value>
    public ImmutableArray<byte> RoutingId { get; init; } = [];

    /// <value>The most bytes of a message, not for subscriptions. Default 1 MiB.</value>
    public int MaxMessageSize { get; init; } = 1 << 20;

    /// <value>Whether a ZMTP PING may be sent to peers that announce ZMTP 3.1. Default true.</value>
    public bool Pings { get; init; } = true;

    /// <value>Whether a peer that gives its messages to anybody is only looked at, so that it gives us none. Default false.</value>
    public bool PeekOnly { get; init; }

    /// <value>Says whether an address may be connected to; null allows every one. Only our own client asks it. Default null.</value>
    public Func<EndPoint, bool>? MayConnect { get; init; }

    /// <value>Whether a message of a few hundred bytes is judged in some microseconds, so that no thread of the pool is needed for it. Default false.</value>
    public bool IsJudgedQuickly { get; init; }

    /// <value>How a lost connection is made again before the next probe asks for it; null when it is not. A client that makes one
    /// connection at a time by itself does not look at it. Default null.</value>
    public ReconnectOptions? Reconnect { get; init; }

    /// <value>How long an attempt to connect may take that no probe waits for.</value>
    public required TimeSpan AttemptTimeout { get; init; }

    /// <value>A kept connection is renewed, and the name resolved again, after this; zero means never. Default zero.</value>
    public TimeSpan MaxConnectionAge { get; init; }
}
