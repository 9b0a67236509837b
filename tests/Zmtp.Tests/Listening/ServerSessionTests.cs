using System.Text;
using Zmtp.Listening;
using Zmtp.Security;
using Zmtp.Wire;

namespace Zmtp.Tests.Listening;

/// <summary>The server's side of a conversation, with our own client at its other end, byte by byte.</summary>
public sealed class ServerSessionTests
{
    private static readonly CurveKeyPair ServerKeys = CurveKeyPair.Generate();
    private static readonly CurveKeyPair ClientKeys = CurveKeyPair.Generate();

    public static TheoryData<string> Mechanisms => ["NULL", "PLAIN", "CURVE"];

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public void Receive_OurClientByEachMechanism_OpensAndTakesItsMessages(string mechanism)
    {
        var dialogue = new Dialogue(Server(mechanism), Client(mechanism), SocketType.Push);

        Assert.Null(dialogue.Run());
        dialogue.Client.Send(ZmtpMessage.FromText("ZHB1", "backup"));
        Assert.Null(dialogue.Run());

        Assert.Equal("PUSH", dialogue.Server.PeerType);
        Assert.Equal(["ZHB1", "backup"], dialogue.Texts());
        Assert.Equal("PULL", dialogue.Client.Peer!.SocketType);
        Assert.Equal(mechanism switch { "PLAIN" => "user \"backup\"", "CURVE" => $"key {ClientKeys.PublicKey}", _ => null }, dialogue.Server.Identity?.Name);
    }

    [Theory]
    [InlineData(SocketType.Dealer, "ROUTER")]
    [InlineData(SocketType.Pub, "SUB")]
    [InlineData(SocketType.Xpub, "SUB")]
    public void Receive_OtherTypesThatSend_GetTheTypeThatFits(SocketType type, string fitting)
    {
        var dialogue = new Dialogue(ListenerSecurity.Null, ZmtpSecurity.Null, type);

        Assert.Null(dialogue.Run());

        Assert.Equal(fitting, dialogue.Client.Peer!.SocketType);
    }

    [Theory]
    [InlineData(SocketType.Req)]
    [InlineData(SocketType.Sub)]
    [InlineData(SocketType.Pair)]
    [InlineData(SocketType.Pull)]
    public void Receive_TypesThatDoNotPush_AreRefusedWithAnError(SocketType type)
    {
        var dialogue = new Dialogue(ListenerSecurity.Null, ZmtpSecurity.Null, type);

        var error = dialogue.Run();

        Assert.Equal(ZmtpErrorCode.SocketType, error?.Code);
        Assert.Contains("Invalid socket type", dialogue.ClientError?.Message, StringComparison.Ordinal);
        Assert.False(dialogue.Server.IsOpen);
    }

    [Fact]
    public void Receive_WrongPassword_IsRefusedWith400()
    {
        var dialogue = new Dialogue(Server("PLAIN"), ZmtpSecurity.Plain("backup", "wrong"), SocketType.Push);

        Assert.Equal((ZmtpErrorCode.Auth, "the user name \"backup\" or its password is not allowed"), (dialogue.Run() is { } error ? error.Code : default, dialogue.ServerError?.Message));
        Assert.Contains("ERROR 400", dialogue.ClientError?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Receive_ClientKeyThatIsNotAllowed_IsRefusedWith400()
    {
        var stranger = CurveKeyPair.Generate();
        var dialogue = new Dialogue(Server("CURVE"), ZmtpSecurity.Curve(ServerKeys.PublicKey, stranger), SocketType.Push);

        Assert.Equal(ZmtpErrorCode.Auth, dialogue.Run()?.Code);
        Assert.Equal($"the client key {stranger.PublicKey} is not allowed", dialogue.ServerError!.Message);
        Assert.Contains("ERROR 400", dialogue.ClientError?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Receive_HelloForAnotherServer_IsRefused()
    {
        var dialogue = new Dialogue(Server("CURVE"), ZmtpSecurity.Curve(CurveKeyPair.Generate().PublicKey, ClientKeys), SocketType.Push);

        Assert.Equal(ZmtpErrorCode.Auth, dialogue.Run()?.Code);
        Assert.Contains("made for another server's public key", dialogue.ServerError!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Receive_InitiateThatWasChanged_IsRefused()
    {
        var output = new RecordingServerOutput();
        using var server = new CurveServerMechanism(ServerKeys, static _ => true);
        using var thief = new CurveClient(ServerKeys.PublicKey, CurveKeyPair.Generate());
        var sent = new ClientOutput();
        thief.Start([], sent);
        Assert.True(Command.TryParse(sent.Last, out var hello));
        Assert.Null(server.OnCommand(hello, output));
        Assert.True(Command.TryParse(output.Last, out var welcome));
        Assert.Null(thief.OnCommand(welcome, [], sent));

        sent.Last[^1] ^= 1;
        Assert.True(Command.TryParse(sent.Last, out var initiate));
        Assert.Equal(ZmtpErrorCode.Auth, server.OnCommand(initiate, output)?.Code);
        Assert.False(server.IsReady);
    }

    // Whoever knows the public key of one who may come, and not the secret one, makes all but the vouch.
    [Fact]
    public void Receive_StolenPublicKey_IsRefusedForWantOfTheVouch()
    {
        var output = new RecordingServerOutput();
        using var server = new CurveServerMechanism(ServerKeys, key => key.Equals(ClientKeys.PublicKey));
        var thief = CurveKeyPair.Generate();
        var shortSecret = CurveKeyPair.Generate();
        Assert.Null(server.OnCommand(CurveForgery.Hello(ServerKeys.PublicKey, shortSecret), output));

        var initiate = CurveForgery.Initiate(ServerKeys.PublicKey, shortSecret, output.Last, ClientKeys.PublicKey, thief);
        var error = server.OnCommand(initiate, output);

        Assert.Equal((ZmtpErrorCode.Auth, $"the peer's CURVE INITIATE names the key {ClientKeys.PublicKey}, and the peer does not have it"), (error?.Code, error?.Message));
        Assert.False(server.IsReady);
        Assert.Null(server.Identity);
    }

    [Fact]
    public void Receive_ForgeryWithTheRealKey_Opens()
    {
        var output = new RecordingServerOutput();
        using var server = new CurveServerMechanism(ServerKeys, key => key.Equals(ClientKeys.PublicKey));
        var shortSecret = CurveKeyPair.Generate();
        Assert.Null(server.OnCommand(CurveForgery.Hello(ServerKeys.PublicKey, shortSecret), output));

        Assert.Null(server.OnCommand(CurveForgery.Initiate(ServerKeys.PublicKey, shortSecret, output.Last, ClientKeys.PublicKey, ClientKeys), output));

        Assert.True(server.IsReady);
    }

    [Fact]
    public void Receive_AnotherMechanism_IsRefusedInWords()
    {
        var dialogue = new Dialogue(Server("CURVE"), ZmtpSecurity.Null, SocketType.Push);

        Assert.Equal(ZmtpErrorCode.Mechanism, dialogue.Run()?.Code);
        Assert.Equal("the peer offers NULL, and this listener asks for CURVE", dialogue.ServerError!.Message);
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public void Receive_Ping_IsAnsweredWithItsContext(string mechanism)
    {
        var dialogue = new Dialogue(Server(mechanism), Client(mechanism), SocketType.Push);
        Assert.Null(dialogue.Run());

        dialogue.Client.SendPing("context"u8);
        Assert.Null(dialogue.Run());

        Assert.Equal("context", Encoding.ASCII.GetString(Assert.Single(dialogue.Pongs)));
    }

    [Theory]
    [MemberData(nameof(Mechanisms))]
    public void SendPing_OpenPeer_BringsItsContextBack(string mechanism)
    {
        var dialogue = new Dialogue(Server(mechanism), Client(mechanism), SocketType.Push);
        Assert.False(dialogue.Server.CanPing);
        Assert.Null(dialogue.Run());

        Assert.True(dialogue.Server.CanPing);
        dialogue.Server.SendPing("12345678"u8);
        Assert.Null(dialogue.Run());

        Assert.Equal(["12345678"], dialogue.ServerPongs);
    }

    [Fact]
    public void Receive_MessageThatIsTooLarge_EndsIt()
    {
        var dialogue = new Dialogue(ListenerSecurity.Null, ZmtpSecurity.Null, SocketType.Push, new ListenerLimits { MaxMessageSize = 100, MaxFrames = 3 });
        Assert.Null(dialogue.Run());

        dialogue.Client.Send(ZmtpMessage.FromFrames(new byte[60], new byte[60]));

        Assert.Equal(ZmtpErrorCode.TooLarge, dialogue.Run()?.Code);
    }

    [Fact]
    public void Receive_EndlessFrames_EndIt()
    {
        var dialogue = new Dialogue(ListenerSecurity.Null, ZmtpSecurity.Null, SocketType.Push, new ListenerLimits { MaxFrames = 3 });
        Assert.Null(dialogue.Run());

        dialogue.Client.Send(ZmtpMessage.FromFrames([], [], [], []));

        Assert.Equal((ZmtpErrorCode.TooLarge, "the peer sent a message of more than 3 frames"), (dialogue.Run()!.Code, dialogue.ServerError!.Message));
    }

    [Fact]
    public void Receive_MessageBeforeReady_EndsIt()
    {
        var output = new Dialogue.Wire();
        var server = new ServerSession(ListenerSecurity.Null, new ListenerLimits(), [], output, new Dialogue.Sink());
        server.Start();
        var greeting = new byte[Greeting.Length];
        Greeting.Write(greeting, "NULL");

        Assert.Null(server.Receive(greeting));
        Assert.Equal(ZmtpErrorCode.Protocol, server.Receive([0, 1, 65])?.Code);
    }

    // Whatever comes, in whatever pieces, it throws nothing and holds no more than it may.
    [Fact]
    public void Receive_RandomBytes_NeverThrow()
    {
        var random = new Random(17);
        for (var round = 0; round < 3000; round++)
        {
            var mechanism = (string[])["NULL", "PLAIN", "CURVE"];
            var server = new ServerSession(Server(mechanism[round % 3]), new ListenerLimits { MaxMessageSize = 1000 }, [], new Dialogue.Wire(), new Dialogue.Sink());
            server.Start();
            var greeting = new byte[Greeting.Length];
            Greeting.Write(greeting, mechanism[round % 3]);
            ZmtpError? error = null;
            if (round % 4 > 0)
            {
                error = server.Receive(greeting);
            }

            for (var piece = 0; piece < 20 && error is null; piece++)
            {
                var bytes = new byte[random.Next(1, 40)];
                random.NextBytes(bytes);
                bytes[0] = (byte)(random.Next(3) == 0 ? 4 : bytes[0]);
                error = server.Receive(bytes);
            }

            server.Release();
        }
    }

    private static ListenerSecurity Server(string mechanism) => mechanism switch
    {
        "PLAIN" => ListenerSecurity.Plain([KeyValuePair.Create("backup", "s3cret"), KeyValuePair.Create("other", "else")]),
        "CURVE" => ListenerSecurity.Curve(ServerKeys, [ClientKeys.PublicKey]),
        _ => ListenerSecurity.Null,
    };

    private static ZmtpSecurity Client(string mechanism) => mechanism switch
    {
        "PLAIN" => ZmtpSecurity.Plain("backup", "s3cret"),
        "CURVE" => ZmtpSecurity.Curve(ServerKeys.PublicKey, ClientKeys),
        _ => ZmtpSecurity.Null,
    };

    private sealed class ClientOutput : ISecurityOutput
    {
        public byte[] Last { get; private set; } = [];

        public void SendCommand(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => Last = [(byte)name.Length, .. name, .. data];

        public void TakePeerMetadata(ReadOnlySpan<byte> metadata)
        {
        }
    }

    private sealed class RecordingServerOutput : IServerOutput
    {
        public byte[] Last { get; private set; } = [];

        public void SendCommand(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => Last = [(byte)name.Length, .. name, .. data];

        public ZmtpError? ExchangeMetadata(ReadOnlySpan<byte> peer, out byte[] ours)
        {
            ours = [];
            return null;
        }
    }
}
