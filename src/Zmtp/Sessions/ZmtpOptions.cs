using System.Collections.Immutable;
using System.Net;
using Zmtp.Security;

namespace Zmtp.Sessions;

/// <summary>How a connection behaves. Immutable and meant to be shared by many connections.</summary>
public sealed record ZmtpOptions
{
    /// <value>Our Socket-Type property.</value>
    public required SocketType SocketType { get; init; }

    /// <value>
    /// Our Identity property, by which a ROUTER knows a peer: 1 to 255 bytes that do not begin with a zero byte, or empty for none. A ROUTER
    /// takes one peer of an identity at a time, and ignores those that come while it has one. Default empty.
    /// </value>
    public ImmutableArray<byte> RoutingId { get; init; } = [];

    /// <value>Mechanism and credentials. Default NULL.</value>
    public ZmtpSecurity Security { get; init; } = ZmtpSecurity.Null;

    /// <value>Largest message that is accepted, all frames together, in bytes; not for receivers without a bound (<see cref="IFrameReceiver.MaxLength"/>). Default 1 MiB.</value>
    public int MaxMessageSize { get; init; } = 1 << 20;

    /// <value>Most frames of a message that are accepted. Default 1,024: an endless run of small MORE frames passes any limit on size alone.</value>
    public int MaxFrames { get; init; } = 1024;

    /// <value>
    /// Whether a peer that gives its messages to whoever takes part (PUSH, DEALER, REQ) is only looked at: the connection opens with the
    /// peer's READY, and ours is never sent, nor anything after it. Then the peer never counts us in, and gives us no work. Only NULL can
    /// look so: with other mechanisms a peer's READY answers ours. And the peer has to go first: one that waits for our READY gets it,
    /// except from a PULL, whose peers all give work. Default false.
    /// </value>
    public bool PeekOnly { get; init; }

    /// <value>
    /// Largest frame that is accepted through CURVE for receivers without a bound, in bytes. Default 16 MiB. A box can only be
    /// opened as a whole, so it has to be held, and what it says may not be looked at before that.
    /// </value>
    public int MaxBoxedFrameSize { get; init; } = 16 << 20;

    /// <value>Largest command that is accepted, in bytes. Default 64 KiB: READY carries free-form metadata.</value>
    public int MaxCommandSize { get; init; } = 64 * 1024;

    /// <value>Whether PINGs are sent at all; false for peers that announce ZMTP 3.1 and do not know PING. Default true.</value>
    public bool Pings { get; init; } = true;

    /// <value>
    /// Says whether an address may be connected to; null allows every one. It is asked about the very address of each connect, whatever name or
    /// spelling led there, a Unix socket's too: what resolves otherwise at the next attempt is asked about again. Called from any thread; must
    /// neither block nor throw. Default null.
    /// </value>
    public Func<EndPoint, bool>? MayConnect { get; init; }

    /// <value>
    /// Whether what follows a message of a few hundred bytes is done in some microseconds and waits for nobody, so that the handler may be
    /// called on the one thread that watches all sockets. Default false: on a thread of the pool.
    /// </value>
    public bool IsHandledQuickly { get; init; }

    /// <value>How long we wait for the peer's greeting before we send the rest of ours unasked. Default 500 ms.</value>
    public TimeSpan GreetingTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <value>Whether a peer that says nothing sees the end of our stream shortly before the deadline, which makes some speak. Default true.</value>
    internal bool HalfCloses { get; init; } = true;
}
