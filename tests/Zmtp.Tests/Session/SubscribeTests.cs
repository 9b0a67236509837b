using System.Text;
using Zmtp.Security;
using Zmtp.Tests.Security;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Session;

/// <summary>A subscription is a message to peers of ZMTP 3.0, and a command to those of 3.1.</summary>
public sealed class SubscribeTests
{
    private const byte IsACommand = 2; // in a box of CURVE

    private static readonly byte[] PubMetadata = PeerBytes.Property("Socket-Type", "PUB"u8);

    private readonly RecordingOutput _output = new();

    public static TheoryData<string> Topics => ["", "book.", new string('t', 300), new string('t', 1000)];

    [Theory]
    [MemberData(nameof(Topics))]
    public void Subscribe_Peer_GetsTheFormOfItsVersion(string topic)
    {
        var bytes = Encoding.ASCII.GetBytes(topic);
        foreach (var security in new[] { ZmtpSecurity.Null, ZmtpSecurity.Plain("me", "pass") })
        {
            Open(security, minor: 0).Subscribe(bytes);
            Assert.Equal(PeerBytes.Frame(0, [1, .. bytes]), _output.Sent);

            Open(security, minor: 1).Subscribe(bytes);
            Assert.Equal(PeerBytes.Command("SUBSCRIBE", bytes), _output.Sent);
        }
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void Subscribe_ThroughCurve_TravelsInABox(string topic)
    {
        var bytes = Encoding.ASCII.GetBytes(topic);
        foreach (var (minor, flags, body) in new (byte, byte, byte[])[] { (0, 0, [1, .. bytes]), (1, IsACommand, [9, .. "SUBSCRIBE"u8, .. bytes]) })
        {
            var dialogue = new CurveDialogue(new ZmtpOptions { SocketType = SocketType.Sub }) { Minor = minor, Metadata = PubMetadata }.Open();

            dialogue.Session.Subscribe(bytes);

            var (isCommand, box) = dialogue.Frames.Dequeue();
            Assert.False(isCommand); // libzmq sends every MESSAGE as an ordinary frame
            var (sentFlags, content) = dialogue.Server.Open(box);
            Assert.Equal(flags, sentFlags);
            Assert.Equal(body, content);
            Assert.Empty(dialogue.Frames);
        }
    }

    private ZmtpSession Open(ZmtpSecurity security, byte minor)
    {
        var session = TestSession.Create(new ZmtpOptions { SocketType = SocketType.Sub, Security = security }, _output);
        session.Start();
        Assert.Null(session.Receive(PeerBytes.Greeting(security.Mechanism, minor: minor)));
        Assert.Null(security == ZmtpSecurity.Null ? null : session.Receive(PeerBytes.Command("WELCOME")));
        Assert.Null(session.Receive(PeerBytes.Ready("PUB")));
        _output.Sent.Clear();
        return session;
    }
}
