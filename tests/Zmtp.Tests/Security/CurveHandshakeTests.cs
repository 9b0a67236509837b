using System.Reflection;
using Zmtp.Security;
using Zmtp.Wire;

namespace Zmtp.Tests.Security;

public sealed class CurveHandshakeTests
{
    [Fact]
    public void Handshake_GoodServer_OpensAndBothKnowEachOther()
    {
        var dialogue = new CurveDialogue().Open();

        Assert.Equal(("CURVE", "REP"), (dialogue.Peer!.Mechanism, dialogue.Peer.SocketType));
        Assert.Equal(dialogue.Client.PublicKey.Bytes, dialogue.Server.ClientKey);
        Assert.Equal(Metadata.ForClient(SocketType.Req), dialogue.Server.ClientMetadata);
        Assert.Empty(dialogue.Frames);
    }

    [Fact]
    public void Handshake_EachCommand_HasTheLengthOfTheRfc()
    {
        var dialogue = new CurveDialogue();
        var hello = dialogue.Hello();
        var welcome = dialogue.Server.Welcome(hello);
        Assert.Null(dialogue.Command(welcome));
        var initiate = dialogue.Frames.Dequeue();
        var ready = dialogue.Server.Ready(initiate.Body, []);

        Assert.Equal((200, 168, 30), (hello.Length, welcome.Length, ready.Length));
        Assert.Equal(257 + Metadata.ForClient(SocketType.Req).Length, initiate.Body.Length);
        Assert.True(initiate.IsCommand);
        Assert.Null(dialogue.Command(ready));
        Assert.Null(dialogue.Peer!.SocketType); // a READY of 30 bytes has no properties
    }

    [Fact]
    public void Hello_OfTwoConnections_HasTwoShortTermKeys()
    {
        var security = ZmtpSecurity.Curve(CurveKeyPair.Generate().PublicKey, CurveKeyPair.Generate());
        var first = new CurveDialogue(security: security).Hello();
        var second = new CurveDialogue(security: security).Hello();

        Assert.NotEqual(first[80..112], second[80..112]);
        Assert.NotEqual(first[120..], second[120..]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ShortTermSecret_OnceItIsNotNeeded_IsWiped(bool isWelcomed)
    {
        var dialogue = new CurveDialogue();
        _ = isWelcomed ? dialogue.Initiate() : dialogue.Hello();
        var mechanism = (CurveClient)Field(Field(dialogue.Session, "_handshake")!, "_mechanism")!;
        var secret = (byte[])Field(mechanism, "_shortSecret")!;
        Assert.Equal(!isWelcomed, secret.AsSpan().IndexOfAnyExcept((byte)0) >= 0);

        dialogue.Session.Release();

        Assert.Equal(-1, secret.AsSpan().IndexOfAnyExcept((byte)0));
        Assert.Null(Field(mechanism, "_helloBox"));
        Assert.Null(Field(mechanism, "_box"));
    }

    [Theory]
    [InlineData(167)]
    [InlineData(169)]
    [InlineData(8)]
    public void Welcome_WrongLength_IsAProtocolError(int length)
    {
        var dialogue = new CurveDialogue();
        var welcome = dialogue.Server.Welcome(dialogue.Hello());
        Array.Resize(ref welcome, length);

        Assert.Equal(ZmtpErrorCode.Protocol, dialogue.Command(welcome)?.Code);
    }

    [Fact]
    public void Welcome_OfAnotherServer_IsAnAuthError()
    {
        var dialogue = new CurveDialogue();
        var hello = dialogue.Hello();

        var error = dialogue.Command(dialogue.Server.WelcomeBy(CurveKeyPair.Generate().Secret, hello[80..112]));

        Assert.Equal(ZmtpErrorCode.Auth, error?.Code);
        Assert.Contains("server_public_key", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ready_BeforeWelcome_IsAProtocolError()
    {
        var dialogue = new CurveDialogue();
        dialogue.Hello();

        var error = dialogue.Command([.. "\x05READY"u8, .. new byte[24]]);

        Assert.Equal((ZmtpErrorCode.Protocol, "the peer sent the command \"READY\" where WELCOME belongs"), (error!.Code, error.Message));
    }

    [Fact]
    public void Welcome_Twice_IsAProtocolError()
    {
        var dialogue = new CurveDialogue();
        var welcome = dialogue.Server.Welcome(dialogue.Hello());
        Assert.Null(dialogue.Command(welcome));

        Assert.Equal(ZmtpErrorCode.Protocol, dialogue.Command(welcome)?.Code);
    }

    [Theory]
    [InlineData(29, ZmtpErrorCode.Protocol)]
    [InlineData(6, ZmtpErrorCode.Protocol)]
    [InlineData(30, ZmtpErrorCode.Auth)] // what is left of the box does not open
    public void Ready_CutOff_IsAnError(int length, ZmtpErrorCode code)
    {
        var dialogue = new CurveDialogue();
        var initiate = dialogue.Initiate();

        Assert.Equal(code, dialogue.Command(dialogue.Server.Ready(initiate, CurveDialogue.RepMetadata)[..length])?.Code);
        Assert.Null(dialogue.Peer);
    }

    [Fact]
    public void Ready_MalformedMetadata_IsAProtocolError()
    {
        var dialogue = new CurveDialogue();
        var initiate = dialogue.Initiate();

        Assert.Equal(ZmtpErrorCode.Protocol, dialogue.Command(dialogue.Server.Ready(initiate, [200, 1]))?.Code);
    }

    [Fact]
    public void Ready_OfAPublisher_IsASocketTypeError()
    {
        var dialogue = new CurveDialogue();
        var initiate = dialogue.Initiate();

        Assert.Equal(
            ZmtpErrorCode.SocketType,
            dialogue.Command(dialogue.Server.Ready(initiate, [11, .. "Socket-Type"u8, 0, 0, 0, 3, .. "PUB"u8]))?.Code);
    }

    [Fact]
    public void Message_BeforeReady_IsAProtocolError()
    {
        var dialogue = new CurveDialogue();
        dialogue.Initiate();

        Assert.Equal(ZmtpErrorCode.Protocol, dialogue.Plain([.. "\x07MESSAGE"u8, .. new byte[25]])?.Code);
    }

    [Fact]
    public void Error400_EachMechanism_SaysWhatMayBeWrong()
    {
        var pair = CurveKeyPair.Generate();
        var server = CurveKeyPair.Generate().PublicKey;
        (ZmtpSecurity Security, string Words)[] cases =
        [
            (ZmtpSecurity.Null, "NULL has no credentials"),
            (ZmtpSecurity.Plain("me", "secret"), "the user name or the password is wrong"),
            (ZmtpSecurity.Curve(server, pair), $"the server has to allow the public key {pair.PublicKey}"),
            (ZmtpSecurity.Curve(server, pair, isMadeUp: true), "no client_secret_key is set, so a key pair was made at the start"),
        ];

        Assert.All(cases, item =>
        {
            var text = ZapStatus.Describe("\"400\"", item.Security.Denied);
            Assert.Contains(item.Words, text, StringComparison.Ordinal);
            Assert.DoesNotContain(pair.ExportSecretKey(), text, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("400", "denied access")]
    [InlineData("300", "temporary problem")]
    [InlineData("500", "handler failed")]
    [InlineData("strange", "ERROR \"strange\"")]
    public void Error_AtAnyPoint_IsAnAuthErrorInWords(string reason, string words)
    {
        byte[] body = [.. "\x05ERROR"u8, (byte)reason.Length, .. System.Text.Encoding.ASCII.GetBytes(reason)];
        var afterHello = new CurveDialogue();
        afterHello.Hello();
        var afterInitiate = new CurveDialogue();
        afterInitiate.Initiate();
        var beforeOurReady = new CurveDialogue(security: ZmtpSecurity.Null);
        Assert.Null(beforeOurReady.Greet());

        foreach (var dialogue in new[] { afterHello, afterInitiate, beforeOurReady })
        {
            var error = dialogue.Command(body);
            Assert.Equal(ZmtpErrorCode.Auth, error?.Code);
            Assert.Contains(words, error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Error_AsLibzmqsPlainServerSendsIt_IsAnAuthErrorInWords()
    {
        var dialogue = new CurveDialogue(security: ZmtpSecurity.Plain("probe", "hunter2"));
        dialogue.Hello();

        var error = dialogue.Command([.. "^RROR\x03"u8, .. "400"u8]);

        Assert.Equal(ZmtpErrorCode.Auth, error?.Code);
        Assert.Contains("ERROR 400: ", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EndOrSilence_AfterCurvesHello_BlamesTheServerKey()
    {
        var dialogue = new CurveDialogue();
        dialogue.Hello();

        AssertRefused(dialogue.Session, "HELLO", "server_public_key");
    }

    [Fact]
    public void EndOrSilence_AfterCurvesInitiate_BlamesTheClientKey()
    {
        var dialogue = new CurveDialogue();
        dialogue.Initiate();

        AssertRefused(dialogue.Session, "INITIATE", "client key");
    }

    [Fact]
    public void EndOrSilence_AfterPlainsHello_BlamesThePassword()
    {
        var dialogue = new CurveDialogue(security: ZmtpSecurity.Plain("probe", "hunter2"));
        dialogue.Hello();

        AssertRefused(dialogue.Session, "HELLO", "password");
        Assert.Null(dialogue.Command([.. "\x07WELCOME"u8]));
        AssertNotRefused(dialogue.Session);
    }

    [Fact]
    public void EndOrSilence_WithoutCredentials_IsNoAuthError()
    {
        AssertNotRefused(new CurveDialogue().Session); // no greeting yet

        var dialogue = new CurveDialogue(security: ZmtpSecurity.Null);
        Assert.Null(dialogue.Greet());
        AssertNotRefused(dialogue.Session);
    }

    [Fact]
    public void EndOrSilence_OfAnOpenConnection_IsNoAuthError() =>
        Assert.Equal(ZmtpErrorCode.Disconnected, new CurveDialogue().Open().Session.EndOfStream().Code);

    private static void AssertRefused(ZmtpSession session, params string[] words)
    {
        foreach (var error in new[] { session.EndOfStream(), session.HandshakeTimedOut() })
        {
            Assert.Equal(ZmtpErrorCode.Auth, error.Code);
            Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
            Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        }
    }

    private static void AssertNotRefused(ZmtpSession session)
    {
        Assert.Equal(ZmtpErrorCode.Disconnected, session.EndOfStream().Code);
        Assert.Equal(ZmtpErrorCode.HandshakeTimeout, session.HandshakeTimedOut().Code);
    }

    private static object? Field(object of, string name) => of.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(of);
}
