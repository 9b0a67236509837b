using Microsoft.Extensions.Time.Testing;

namespace Zmtp.Tests.Sockets;

/// <summary>How long our READY waits for that of a peer that waits for ours, with real sockets and a clock that only moves when told.</summary>
public sealed class ReadyOrderTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly Timestamp _start;
    private readonly RecordingHandler _handler = new();
    private readonly ManualResetEventSlim _isOver = new();
    private ScriptedServer? _server;
    private ScriptedPeer? _peer;
    private ZmtpConnection? _connection;

    public ReadyOrderTests()
    {
        _timers = new TimerQueue(_time);
        _start = Timestamp.Now(_time);
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _isOver.Set();
        _server?.Dispose();
        _timers.Dispose();
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(90, 180)] // who was slow to greet gets as long again
    [InlineData(1000, 1500)] // but no more than the greeting's timeout
    [InlineData(1800, 1900)] // and half of the time that is left
    public void OnDue_HarmlessType_SendsItAMomentAfterTheGreetings(int greetedAt, int expected)
    {
        Connect(new ZmtpOptions { SocketType = SocketType.Req }, greetedAt);
        AssertNextStepAt(expected);

        Advance(expected - greetedAt - 1);
        Assert.Equal(0, _peer!.Socket.Available);
        Advance(1);

        AssertReadyAndOpen("REP");
    }

    [Fact]
    public void OnDue_TypeOfAWorkerThatTakesPart_SendsItAfterTheGreetingsTimeout()
    {
        Connect(new ZmtpOptions { SocketType = SocketType.Dealer });
        AssertNextStepAt(500);

        Advance(499);
        Assert.Equal(0, _peer!.Socket.Available);
        Advance(1);

        AssertReadyAndOpen("ROUTER");
    }

    [Theory]
    [InlineData(SocketType.Dealer)]
    [InlineData(SocketType.Rep)]
    [InlineData(SocketType.Router)]
    [InlineData(SocketType.Pull)]
    [InlineData(SocketType.Pair)]
    public void OnDue_TypeOfAWorkerThatPeeks_NeverSendsItAndSaysWhy(SocketType type)
    {
        Connect(new ZmtpOptions { SocketType = type, PeekOnly = true }, greetedAt: 700);

        Advance(1299);
        Assert.Equal(0, _peer!.Socket.Available);
        Assert.Null(_handler.Error);

        // A busy machine may have noticed the connect late, by the kernel's clock, which moves the deadline.
        Advance(1 + (int)Math.Ceiling(_connection!.OwnDelay.TotalMilliseconds));

        var error = _handler.WaitForError();
        Assert.Equal(ZmtpErrorCode.HandshakeTimeout, error.Code);
        Assert.Contains("It may wait for ours", error.Message, StringComparison.Ordinal);
    }

    private void Connect(ZmtpOptions options, int greetedAt = 0)
    {
        using var greets = new SemaphoreSlim(0);
        _server = new ScriptedServer(peer =>
        {
            peer.Expect(11);
            greets.Wait();
            peer.Send(PeerBytes.Greeting());
            peer.Expect(53);
            Volatile.Write(ref _peer, peer);
            _isOver.Wait(); // from here on the test talks
        });
        _connection = ZmtpConnection.Start(
            _server.Endpoint, options, new ZmtpContext(_timers, new NameResolver()), _timers.After(TimeSpan.FromSeconds(2)), _handler);
        _handler.WaitFor("Connected");
        Eventually.True(() => _connection.NextHandshakeStep > _start);
        Advance(greetedAt);
        greets.Release();
        Eventually.True(() => Volatile.Read(ref _peer) is not null && _connection.HasGreeted);
    }

    private void AssertNextStepAt(int milliseconds)
    {
        var due = _start + TimeSpan.FromMilliseconds(milliseconds);
        Eventually.True(() => _connection!.NextHandshakeStep == due, () => $"it is {_connection!.NextHandshakeStep - _start}");
    }

    private void AssertReadyAndOpen(string socketType)
    {
        // The queue may have been setting its timer while the clock moved; that one then ends as much later.
        Eventually.True(() =>
        {
            if (_peer!.Socket.Available > 0)
            {
                return true;
            }

            MoveTo(Timestamp.Now(_time) + TimeSpan.FromMilliseconds(1));
            return false;
        });
        var (flags, body) = _peer!.ExpectFrame();
        Assert.Equal((PeerBytes.CommandFlag, "READY"), (flags, System.Text.Encoding.ASCII.GetString(body, 1, 5)));
        _peer.Send(PeerBytes.Ready(socketType));
        _handler.WaitFor("OnOpened");
    }

    /// <summary>Moves the clock, with a stop at each step of the handshake: a jump over one would be our own lateness.</summary>
    private void Advance(int milliseconds)
    {
        var end = Timestamp.Now(_time) + TimeSpan.FromMilliseconds(milliseconds);
        while (_connection?.NextHandshakeStep is { } due && due < end && due >= Timestamp.Now(_time))
        {
            MoveTo(due);
            Eventually.True(() => _connection.NextHandshakeStep is not { } next || next > due);
        }

        MoveTo(end);
    }

    private void MoveTo(Timestamp timestamp) => _time.Advance((timestamp - Timestamp.Now(_time)));
}
