using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Zmtp.Tests.Sockets;

/// <summary>What time does to a handshake, with real sockets and a clock that only moves when told.</summary>
public sealed class HandshakeTimerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly RecordingHandler _handler = new();
    private ScriptedServer? _server;
    private ZmtpConnection? _connection;

    public HandshakeTimerTests() => _timers = new TimerQueue(_time);

    public void Dispose()
    {
        _connection?.Dispose();
        _server?.Dispose();
        _timers.Dispose();
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", ZmtpErrorCode.NotZmtp, "looks like an HTTP server")]
    [InlineData("H", ZmtpErrorCode.Disconnected, "\"H\"")]
    [InlineData("", ZmtpErrorCode.HandshakeTimeout, "said nothing")]
    internal void OnDue_ServerThatSpeaksAtTheEndOfTheStream_GetsItShortlyBeforeTheDeadline(string answer, ZmtpErrorCode expected, string words)
    {
        var heard = 0;
        Connect(peer =>
        {
            heard = peer.Expect(64).Length;
            Assert.True(peer.ExpectEnd());
            peer.Send(Encoding.ASCII.GetBytes(answer));
        });
        _time.Advance(TimeSpan.FromSeconds(0.5)); // our patience
        Eventually.True(() => heard == 64);
        _time.Advance(TimeSpan.FromSeconds(1.39));
        Assert.Null(_handler.Error);
        _time.Advance(TimeSpan.FromSeconds(0.02)); // a tenth of a second before the deadline
        var error = _handler.WaitForError();
        Assert.Equal(expected, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnDue_ServerThatHasSpoken_KeepsItsStream()
    {
        var isOver = false;
        Connect(peer =>
        {
            peer.Send(PeerBytes.Greeting());
            peer.ExpectEnd();
            isOver = true;
        });
        Eventually.True(() => _connection!.HasGreeted);
        Eventually.True(() => _connection!.NextHandshakeStep == _timers.After(TimeSpan.FromMilliseconds(20)));
        _time.Advance(TimeSpan.FromSeconds(0.02)); // our READY goes out; a jump over that step would be our own lateness
        Eventually.True(() => _connection!.NextHandshakeStep == _timers.After(TimeSpan.FromSeconds(1.98)));
        _time.Advance(TimeSpan.FromSeconds(1.97));
        Assert.False(isOver);
        _time.Advance(TimeSpan.FromSeconds(0.02));
        Assert.Contains("the NULL handshake did not end", _handler.WaitForError().Message, StringComparison.Ordinal);
        Assert.Equal("ConnectDelayed Connected HandshakeFailed Closed HandshakeTimeout", _handler.Log);
        Assert.NotEqual(Environment.CurrentManagedThreadId, _handler.ClosedOn); // on which the timer ran
    }

    [Fact]
    public void OnDue_OpenConnection_HasNoDeadline()
    {
        Connect(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        _handler.WaitFor("OnOpened");
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_connection!.IsClosed);
        Assert.Equal(0, _timers.Count);
    }

    private void Connect(Action<ScriptedPeer> script)
    {
        _server = new ScriptedServer(script);
        _connection = ZmtpConnection.Start(
            _server.Endpoint,
            new ZmtpOptions { SocketType = SocketType.Req },
            new ZmtpContext(_timers, new NameResolver()),
            _timers.After(TimeSpan.FromSeconds(2)),
            _handler);
        _handler.WaitFor("Connected");
        Eventually.True(() => _timers.Count == 1 || _handler.Count("OnOpened") > 0);
    }
}
