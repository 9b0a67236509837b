using Zmtp.Wire;

namespace Zmtp.Tests.Wire;

public sealed class SocketTypesTests
{
    // RFC 23, "The socket type property": a row and a column for each type, "*" where the two may talk.
    private static readonly string[] Table =
    [
        "       REQ REP DEALER ROUTER PUB XPUB SUB XSUB PUSH PULL PAIR",
        "REQ     .   *    .      *     .    .   .    .    .    .    .",
        "REP     *   .    *      .     .    .   .    .    .    .    .",
        "DEALER  .   *    *      *     .    .   .    .    .    .    .",
        "ROUTER  *   .    *      *     .    .   .    .    .    .    .",
        "PUB     .   .    .      .     .    .   *    *    .    .    .",
        "XPUB    .   .    .      .     .    .   *    *    .    .    .",
        "SUB     .   .    .      .     *    *   .    .    .    .    .",
        "XSUB    .   .    .      .     *    *   .    .    .    .    .",
        "PUSH    .   .    .      .     .    .   .    .    .    *    .",
        "PULL    .   .    .      .     .    .   .    .    *    .    .",
        "PAIR    .   .    .      .     .    .   .    .    .    .    *",
    ];

    public static TheoryData<SocketType, string, bool> Pairs
    {
        get
        {
            var pairs = new TheoryData<SocketType, string, bool>();
            var columns = Cells(Table[0]);
            foreach (var row in Table.Skip(1).Select(Cells))
            {
                for (var column = 0; column < columns.Length; column++)
                {
                    pairs.Add(Enum.Parse<SocketType>(row[0], ignoreCase: true), columns[column], row[column + 1] == "*");
                }
            }

            return pairs;
        }
    }

    [Fact]
    public void Pairs_LackNoType() => Assert.Equal(Enum.GetValues<SocketType>().Length * Enum.GetValues<SocketType>().Length, Pairs.Count);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Check_AnyPair_FollowsTheTableOfTheSpecification(SocketType ours, string theirs, bool mayTalk) =>
        Assert.Equal(mayTalk ? null : ZmtpErrorCode.SocketType, SocketTypes.Check(ours, theirs)?.Code);

    [Fact]
    public void Check_PeerThatDoesNotTellItsType_IsAccepted() =>
        Assert.All(Enum.GetValues<SocketType>(), type => Assert.Null(SocketTypes.Check(type, peer: null)));

    [Theory]
    [InlineData(SocketType.Pull, "REP", "the peer is a REP socket, and a PULL can only talk to PUSH; for a REP take prober: request, or prober: handshake with socket: dealer")]
    [InlineData(SocketType.Pub, "ROUTER", "the peer is a ROUTER socket, and a PUB can only talk to SUB or XSUB; for a ROUTER take prober: request with socket: req or dealer, or prober: handshake with socket: dealer")]
    [InlineData(SocketType.Req, "PUB", "the peer is a PUB socket, and a REQ can only talk to REP or ROUTER; for a PUB take prober: subscribe, or prober: handshake with socket: sub")]
    [InlineData(SocketType.Dealer, "XPUB", "the peer is an XPUB socket, and a DEALER can only talk to REP or DEALER or ROUTER; for an XPUB take prober: subscribe, or prober: handshake with socket: sub")]
    [InlineData(SocketType.Sub, "SUB", "the peer is a SUB socket, and a SUB can only talk to PUB or XPUB; for a SUB take prober: handshake with socket: pub")]
    [InlineData(SocketType.Xsub, "XSUB", "the peer is an XSUB socket, and an XSUB can only talk to PUB or XPUB; for an XSUB take prober: handshake with socket: pub")]
    [InlineData(SocketType.Xpub, "PULL", "the peer is a PULL socket, and an XPUB can only talk to SUB or XSUB; for a PULL take prober: handshake with socket: push")]
    [InlineData(SocketType.Pair, "PUSH", "the peer is a PUSH socket, and a PAIR can only talk to PAIR; for a PUSH take prober: handshake with socket: pull, but never for one of NetMQ, of JeroMQ or of libzmq before 4.3.3, which loses jobs to any connection")]
    [InlineData(SocketType.Push, "DEALER", "the peer is a DEALER socket, and a PUSH can only talk to PULL; a DEALER shares its messages out among its peers: probe another socket of that server, such as its clients' side")]
    [InlineData(SocketType.Req, "REQ", "the peer is a REQ socket, and a REQ can only talk to REP or ROUTER; a REQ waits forever for the peer that took its request: probe another socket of that server")]
    [InlineData(SocketType.Rep, "PAIR", "the peer is a PAIR socket, and a REP can only talk to REQ or DEALER; a PAIR has room for one peer: give that server a socket to ping")]
    [InlineData(SocketType.Router, "WOMBAT", "the peer is a WOMBAT socket, and a ROUTER can only talk to REQ or DEALER or ROUTER")]
    [InlineData(SocketType.Req, "", "the peer is a  socket, and a REQ can only talk to REP or ROUTER")]
    public void Check_TypesThatDoNotFit_SaysSoAndWhatToDo(SocketType ours, string theirs, string message) =>
        Assert.Equal(message, SocketTypes.Check(ours, theirs)?.Message);

    [Theory]
    [InlineData("PUSH", true)]
    [InlineData("DEALER", true)]
    [InlineData("REQ", true)]
    [InlineData("PAIR", true)]
    [InlineData("REP", false)]
    [InlineData("ROUTER", false)]
    [InlineData("PUB", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void GivesToAnyPeer_Type_IsOneThatHandsOutWork(string? type, bool expected) => Assert.Equal(expected, SocketTypes.GivesToAnyPeer(type));

    [Fact]
    public void WhyNotFirst_TypeThatMayGoFirst_IsABug() => Assert.Throws<InvalidOperationException>(() => SocketTypes.WhyNotFirst(SocketType.Req));

    [Fact]
    public void Check_NoType_IsABug() => Assert.Throws<ArgumentOutOfRangeException>(() => SocketTypes.Check((SocketType)99, "REP"));

    private static string[] Cells(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
