using System.Text;

namespace ZmqExporter.EndToEndTests.Quirks;

/// <summary>A REP over NULL that does one thing in a way that libzmq puts up with, and otherwise what libzmq does: it answers each request with "pong".</summary>
/// <param name="Name">The thing.</param>
internal sealed record ToleratedPeer(string Name)
{
    private static readonly byte[] SocketType = PeerBytes.Property("Socket-Type", "REP"u8);

    /// <summary>One of each.</summary>
    public static readonly ToleratedPeer[] All =
    [
        new("READY with an eight-byte length") { Ready = PeerBytes.Frame(PeerBytes.CommandFlag | PeerBytes.Long, [5, .. "READY"u8, .. SocketType]) },
        new("property name in lower case") { Ready = PeerBytes.Command("READY", PeerBytes.Property("socket-type", "REP"u8)) },
        new("no socket type") { Ready = PeerBytes.Command("READY") },
        new("further properties")
        {
            Ready = PeerBytes.Command(
                "READY",
                [.. SocketType, .. PeerBytes.Property("Identity", []), .. PeerBytes.Property("Resource", "x"u8), .. PeerBytes.Property("X-Version", new byte[400])]),
        },
        new("version 3.9") { Greeting = PeerBytes.Greeting(minor: 9) },
        new("version 4.0") { Greeting = PeerBytes.Greeting(major: 4, minor: 0) },
        new("as-server over NULL") { Greeting = AsServer() },
        new("unknown command after READY") { AfterReady = PeerBytes.Command("HUGZ") },
        new("PING with a context that is too long") { AfterReady = PeerBytes.Command("PING", new byte[22]), Answer = PeerBytes.Command("PONG", new byte[16]) },
        new("PING without a TTL") { AfterReady = PeerBytes.Command("PING"), Answer = PeerBytes.Command("PONG") },
        new("PONG that nobody asked for") { AfterReady = [.. PeerBytes.Command("PONG"), .. PeerBytes.Command("PONG", new byte[8])] },
        new("closes after each reply") { ClosesAfterReply = true },
        new("one byte at a time") { SendsBytewise = true },
        new("eight-byte lengths of short frames") { Reply = [.. PeerBytes.HeaderOf(PeerBytes.More, 0), .. PeerBytes.HeaderOf(0, 4), .. "pong"u8] },
    ];

    public byte[] Greeting { get; init; } = PeerBytes.Greeting();

    public byte[] Ready { get; init; } = PeerBytes.Ready("REP");

    public byte[] AfterReady { get; init; } = [];

    /// <summary>The command with which the client has to answer <see cref="AfterReady"/>; empty for none.</summary>
    public byte[] Answer { get; init; } = [];

    public byte[] Reply { get; init; } = PeerBytes.Message("", "pong");

    public bool ClosesAfterReply { get; init; }

    public bool SendsBytewise { get; init; }

    /// <summary>Plays one connection.</summary>
    /// <param name="peer">The connection.</param>
    /// <param name="onCommand">Is given what the client sends after its READY beside its requests.</param>
    public void Serve(ScriptedPeer peer, Action<byte[]> onCommand)
    {
        Send(peer, Greeting);
        peer.Expect(64);
        Send(peer, [.. Ready, .. AfterReady]);
        Assert.StartsWith("\u0005READY", Encoding.ASCII.GetString(peer.ExpectFrame().Body), StringComparison.Ordinal);
        do
        {
            Assert.Equal(["", "ping"], peer.ExpectMessage(onCommand), StringComparer.Ordinal);
            Send(peer, Reply);
        }
        while (!ClosesAfterReply);
    }

    private static byte[] AsServer()
    {
        var greeting = PeerBytes.Greeting();
        greeting[32] = 1;
        return greeting;
    }

    private void Send(ScriptedPeer peer, byte[] bytes)
    {
        if (!SendsBytewise)
        {
            peer.Send(bytes);
            return;
        }

        foreach (var b in bytes)
        {
            peer.Send(b); // without Nagle's algorithm, so that each is a packet
        }
    }
}
