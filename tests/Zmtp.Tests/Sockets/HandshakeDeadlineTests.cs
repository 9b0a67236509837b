namespace Zmtp.Tests.Sockets;

/// <summary>When a connection gives up a peer that does not shake hands.</summary>
public sealed class HandshakeDeadlineTests : PersistentConnectionTestBase
{
    [Fact]
    public void OnDue_DeadlineNoticedInTime_IsATimeout()
    {
        var connection = New(Serve(_ => _over.Wait(TimeSpan.FromSeconds(20))).Endpoint, reconnect: null).Open(After(2), out _)!;
        Advance(0.5);
        Advance(1.4);
        Advance(0.1);
        Assert.Equal(ZmtpErrorCode.HandshakeTimeout, _handler.WaitForError().Code);
        Assert.Equal(TimeSpan.Zero, connection.OwnDelay);
    }

    [Fact]
    public void OnDue_StepTakenTooLate_MovesTheDeadlineByThat()
    {
        var connection = New(Serve(_ => _over.Wait(TimeSpan.FromSeconds(20))).Endpoint, reconnect: null).Open(After(2), out _)!;
        Advance(2.3); // the rest of our greeting was due at 0.5 s
        Advance(1.4); // the end of our stream
        Assert.Null(_handler.Error);
        Assert.Equal(TimeSpan.FromSeconds(1.8), connection.OwnDelay);
        Advance(0.1);
        Assert.Equal(ZmtpErrorCode.HandshakeTimeout, _handler.WaitForError().Code);
    }

    [Fact]
    public void OnDue_ConnectDeadlineNoticedTooLate_IsATimeoutAsTheKernelSays()
    {
        var hole = new BlackHole();
        _things.Add(hole);
        New(hole.Endpoint, reconnect: null).Open(After(2), out _);
        _handler.WaitFor("ConnectDelayed");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(ZmtpErrorCode.ConnectTimeout, _handler.WaitForError().Code);
    }

    // Once the handshake's timer is set, lets it ring and waits until it is set again or has done its last.
    private void Advance(double seconds)
    {
        _handler.WaitFor("Connected");
        Eventually.True(() => _timers.Count == 1);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Eventually.True(() => _timers.Count == 1 || _handler.Error is not null);
    }

    [Fact]
    public void Open_PeerThatStaysSilentAtTheEndOfOurStream_IsResetFromThenOn()
    {
        var ends = new List<bool>();
        var server = Serve(peer =>
        {
            var isOrderly = peer.ExpectEnd();
            lock (ends)
            {
                ends.Add(isOrderly);
            }
        });
        var connection = New(server.Endpoint, reconnect: null);
        for (var i = 1; i <= 3; i++)
        {
            connection.Open(After(2), out _);
            _handler.WaitFor("Connected", i);
            for (var error = "HandshakeTimeout"; _handler.Count(error) < i;)
            {
                Eventually.True(() => _timers.Count == 1 || _handler.Count(error) == i);
                _time.Advance(TimeSpan.FromSeconds(0.05));
            }

            Eventually.True(() => ends.Count == i);
        }

        Assert.Equal([true, false, false], ends);
    }
}
