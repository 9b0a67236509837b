using Microsoft.Extensions.Time.Testing;

namespace Zmtp.Tests.Sockets;

/// <summary>Some peers announce ZMTP 3.1 and do not know PING: they end the connection at one, which is our doing and not their failure.</summary>
public sealed class PingEndTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly RecordingHandler _handler = new();
    private readonly SemaphoreSlim _goOn = new(0);
    private ScriptedServer? _server;
    private ZmtpConnection? _connection;
    private bool? _endedAtPing; // as the handler saw it when it was told

    public PingEndTests()
    {
        _timers = new TimerQueue(_time);
        _handler.Closed = connection => _endedAtPing = connection.EndedAtPing;
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _server?.Dispose();
        _timers.Dispose();
        _goOn.Dispose();
        Assert.Empty(_server?.Failures ?? []);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EndedAtPing_PeerClosesOrResetsAtThePing_IsToldWithTheEnd(bool resets)
    {
        Connect(peer =>
        {
            Assert.StartsWith("\u0004PING", System.Text.Encoding.ASCII.GetString(peer.ExpectFrame().Body), StringComparison.Ordinal);
            if (resets)
            {
                peer.Reset();
            }
        });

        Assert.True(_connection!.SendPing());

        Assert.Equal(ZmtpErrorCode.Disconnected, _handler.WaitForError().Code);
        Assert.True(_endedAtPing);
    }

    [Fact]
    public void EndedAtPing_PeerClosesMuchLater_HadAnotherCause()
    {
        Connect(peer =>
        {
            peer.ExpectFrame();
            _goOn.Wait();
        });
        Assert.True(_connection!.SendPing());

        _time.Advance(TimeSpan.FromSeconds(5));
        _goOn.Release();

        _handler.WaitForError();
        Assert.False(_endedAtPing);
    }

    [Fact]
    public void EndedAtPing_PeerHasEverAnsweredOne_HadAnotherCause()
    {
        Connect(peer =>
        {
            peer.Send(PeerBytes.Command("PONG", peer.ExpectFrame().Body.AsSpan(7)));
            peer.ExpectFrame();
        });
        Assert.True(_connection!.SendPing());
        _handler.WaitFor("OnPong");

        Assert.True(_connection.SendPing());

        _handler.WaitForError();
        Assert.False(_endedAtPing);
    }

    [Fact]
    public void EndedAtPing_PeerClosesUnasked_HadAnotherCause()
    {
        Connect(_ => { });
        _handler.WaitForError();
        Assert.False(_endedAtPing);
    }

    [Fact]
    public void SendPing_PeerOfZmtp30_SendsNothingAndSaysSo()
    {
        Connect(peer => Assert.Equal(["", "request"], peer.ExpectMessage(_ => Assert.Fail("a command came"))), minor: 0);

        Assert.False(_connection!.CanPing);
        Assert.False(_connection.SendPing());
        _connection.Send(ZmtpMessage.FromText("request"));

        _handler.WaitForError();
        Assert.False(_endedAtPing);
    }

    [Fact]
    public void OnPong_NobodyAsked_IsNotTold()
    {
        Connect(peer =>
        {
            peer.Send([.. PeerBytes.Command("PONG"), .. PeerBytes.Command("PONG", new byte[8])]);
            peer.Send(PeerBytes.Message("", "then"));
            peer.ExpectEnd();
        });
        _handler.WaitFor("OnMessage");
        Assert.Equal(0, _handler.Count("OnPong"));
    }

    private void Connect(Action<ScriptedPeer> script, byte minor = 1)
    {
        _server = new ScriptedServer(peer =>
        {
            peer.Handshake("REP", minor);
            script(peer);
        });
        _connection = ZmtpConnection.Start(
            _server.Endpoint,
            new ZmtpOptions { SocketType = SocketType.Req },
            new ZmtpContext(_timers, new NameResolver()),
            _timers.After(TimeSpan.FromSeconds(2)),
            _handler);
        _handler.WaitFor("OnOpened");
    }
}
