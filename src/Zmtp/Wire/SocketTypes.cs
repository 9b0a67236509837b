namespace Zmtp.Wire;

/// <summary>Names of the socket types on the wire, and which may talk to which (RFC 37, "The socket type property").</summary>
internal static class SocketTypes
{
    /// <summary>The name on the wire.</summary>
    public static string Name(SocketType type) => type.ToString().ToUpperInvariant();

    /// <summary>
    /// Whether a socket of this type hands each message to one of its peers, unasked: what a probe gets, somebody else lacks. A PAIR has
    /// room for one peer, who gets everything.
    /// </summary>
    public static bool GivesToAnyPeer(string? type) => type is "PUSH" or "DEALER" or "REQ" or "PAIR";

    /// <summary>Whether no socket that could pair with this type gives unasked (<see cref="GivesToAnyPeer"/>), so that our READY does no harm before the peer's is known.</summary>
    public static bool MayGoFirst(SocketType type) => !LegalPeers(type).Any(GivesToAnyPeer);

    /// <summary>Why a READY with this type is not sent before the peer's, and what to do about it, in words that fit after "which".</summary>
    public static string WhyNotFirst(SocketType type) =>
        $"a {Name(type)} does not send first, because a {LegalPeers(type).First(GivesToAnyPeer)} would give it work: set socket: req for a REP or ROUTER, sub for a PUB or XPUB, push for a PULL";

    /// <summary>Judges the peer's type. A peer that does not tell its type is accepted, as both libraries do.</summary>
    public static ZmtpError? Check(SocketType ours, string? peer)
    {
        if (peer is null || LegalPeers(ours).Contains(peer, StringComparer.Ordinal))
        {
            return null;
        }

        return new ZmtpError(
            ZmtpErrorCode.SocketType,
            $"the peer is {Article(peer)} {peer} socket, and {Article(Name(ours))} {Name(ours)} can only talk to {string.Join(" or ", LegalPeers(ours))}{Remedy(peer)}");
    }

    private static string[] LegalPeers(SocketType type) => type switch
    {
        SocketType.Req => ["REP", "ROUTER"],
        SocketType.Rep => ["REQ", "DEALER"],
        SocketType.Dealer => ["REP", "DEALER", "ROUTER"],
        SocketType.Router => ["REQ", "DEALER", "ROUTER"],
        SocketType.Pub => ["SUB", "XSUB"],
        SocketType.Xpub => ["SUB", "XSUB"],
        SocketType.Sub => ["PUB", "XPUB"],
        SocketType.Xsub => ["PUB", "XPUB"],
        SocketType.Push => ["PULL"],
        SocketType.Pull => ["PUSH"],
        SocketType.Pair => ["PAIR"],
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, message: null),
    };

    // In the words of the configuration. None for what nobody should probe unasked: REQ and PAIR keep what the probe gets.
    private static string Remedy(string peer) => peer switch
    {
        "REP" => "; for a REP take prober: request, or prober: handshake with socket: dealer",
        "ROUTER" => "; for a ROUTER take prober: request with socket: req or dealer, or prober: handshake with socket: dealer",
        "PUB" or "XPUB" => $"; for {Article(peer)} {peer} take prober: subscribe, or prober: handshake with socket: sub",
        "SUB" or "XSUB" => $"; for {Article(peer)} {peer} take prober: handshake with socket: pub",
        "PULL" => "; for a PULL take prober: handshake with socket: push",
        "PUSH" => "; for a PUSH take prober: handshake with socket: pull, but never for one of NetMQ, of JeroMQ or of libzmq before 4.3.3, which loses jobs to any connection",
        "DEALER" => "; a DEALER shares its messages out among its peers: probe another socket of that server, such as its clients' side",
        "REQ" => "; a REQ waits forever for the peer that took its request: probe another socket of that server",
        "PAIR" => "; a PAIR has room for one peer: give that server a socket to ping",
        _ => "",
    };

    private static string Article(string type) => type.StartsWith('X') ? "an" : "a";
}
