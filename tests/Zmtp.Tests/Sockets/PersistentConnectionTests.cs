using System.Net;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Zmtp.Tests.Sockets;

public sealed class PersistentConnectionTests : PersistentConnectionTestBase
{
    [Fact]
    public void DelayAfter_AnyFailures_DoublesUpToTheCap() =>
        Gen.Select(Gen.Int[1, 100_000], Gen.Int[1, 5000], Gen.Int[1, 60_000]).Sample((failures, initial, cap) =>
        {
            var options = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(initial), MaxDelay = TimeSpan.FromMilliseconds(cap) };
            var expected = Math.Min(cap, initial * Math.Pow(2, Math.Min(failures - 1, 30)));
            Assert.Equal(expected, options.DelayAfter(failures).TotalMilliseconds, 1.0);
        });

    [Fact]
    public void Retry_ServerThatRefuses_WaitsTwiceAsLongEachTimeWithJitter()
    {
        var connection = New(Refusing(), new ReconnectOptions { InitialDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(8) });
        connection.Open(After(60), out var isOpen);
        Assert.False(isOpen);
        double[] delays = [1, 2, 4, 8, 8, 8];
        for (var i = 0; i < delays.Length; i++)
        {
            _handler.WaitFor("Refused", i + 1);
            Assert.Equal(i + 1, _handler.Count("ConnectRetried"));
            _time.Advance(TimeSpan.FromSeconds(delays[i] / 2) - TimeSpan.FromMilliseconds(1));
            Assert.Null(connection.Current); // at least half of the delay is certain
            _time.Advance(TimeSpan.FromSeconds(delays[i] / 2) + TimeSpan.FromMilliseconds(2));
            _handler.WaitFor("ConnectDelayed", i + 2); // and all of it is the most
        }
    }

    [Fact]
    public void Retry_AfterAConnectionThatLasted_StartsFromTheFirstDelay()
    {
        var isHealthy = false;
        using var ends = new ManualResetEventSlim();
        var server = Serve(peer =>
        {
            if (Volatile.Read(ref isHealthy))
            {
                peer.Handshake("REP");
                ends.Wait();
            }
        });
        var connection = New(server.Endpoint, new ReconnectOptions { InitialDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(64) });
        connection.Open(After(600), out _);
        for (var i = 1; i <= 4; i++)
        {
            _handler.WaitFor("ConnectRetried", i);
            _time.Advance(TimeSpan.FromSeconds(65));
        }

        _handler.WaitFor("ConnectRetried", 5);
        Volatile.Write(ref isHealthy, true);
        _time.Advance(TimeSpan.FromSeconds(65));
        _handler.WaitFor("OnOpened");
        _time.Advance(TimeSpan.FromMinutes(1));
        ends.Set();
        _handler.WaitFor("ConnectRetried", 6);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        _handler.WaitFor("OnOpened", 2);
    }

    // Whether it refuses or shakes hands first: a server that is down gets what probes it gets, and these few.
    [Fact]
    public void Retry_ServerThatTakesAndDropsConnections_GetsNoMoreThanMaxRetries()
    {
        var server = Serve(peer => peer.Handshake("REP"));
        var connection = New(server.Endpoint, new ReconnectOptions { InitialDelay = TimeSpan.FromSeconds(1), MaxRetries = 2 });
        connection.Open(After(60), out _);
        for (var i = 1; i <= 2; i++)
        {
            _handler.WaitFor("ConnectRetried", i);
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        _handler.WaitFor("Disconnected", 6); // event and error
        Assert.Equal((3, 2, 0), (_handler.Count("Connected"), _handler.Count("ConnectRetried"), _timers.Count));
        connection.Open(After(60), out _);
        _handler.WaitFor("Disconnected", 8);
        Assert.Equal((4, 2, 0), (_handler.Count("Connected"), _handler.Count("ConnectRetried"), _timers.Count));
    }

    // Nothing was tried, so nothing has failed.
    [Fact]
    public void Retry_NoneMayBeMadeNow_WaitsNoLongerEachTime()
    {
        var paceTime = new FakeTimeProvider();
        var pace = new RetryPace(paceTime);
        while (pace.TryTake())
        {
        }

        var connection = New(Refusing(), new ReconnectOptions { InitialDelay = TimeSpan.FromSeconds(1) }, retries: pace);
        connection.Open(After(60), out _);
        _handler.WaitFor("Refused");
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1.01));
            Eventually.True(() => _timers.Count == 1);
        }

        paceTime.Advance(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1.01));
        _handler.WaitFor("ConnectDelayed", 2);
    }

    [Fact]
    public void Open_HeldBack_WaitsLongerAndGoesFirstThen()
    {
        var server = Serve(peer => peer.Handshake("REP"));
        var gate = new ConnectGate(new ConnectLimits { MaxAtOnce = 100, Burst = 10, PerSecond = 0 }, _timers);
        for (var i = 0; i < 8; i++)
        {
            gate.KeepPort(new IPEndPoint(IPAddress.Loopback, server.Port), hasTimestamps: false);
        }

        var connection = New(server.Endpoint, reconnect: null, gate);
        connection.Open(After(60), out _);
        Assert.True(_handler.WaitForError().IsHeldBack); // a fifth of the room is left, for those who have waited
        _time.Advance(TimeSpan.FromSeconds(1));

        connection.Open(After(60), out _);

        _handler.WaitFor("OnOpened");
    }

    [Fact]
    public void Open_DuringTheBackOff_StartsAtOnce()
    {
        var connection = New(Refusing(), new ReconnectOptions { InitialDelay = TimeSpan.FromMinutes(1) });
        connection.Open(After(60), out _);
        _handler.WaitFor("Refused");
        Assert.Null(connection.Current);
        connection.Open(After(60), out _);
        _handler.WaitFor("Refused", 2);
        Assert.Equal("ConnectDelayed Closed ConnectRetried Refused ConnectDelayed Closed ConnectRetried Refused", _handler.Log);
    }

    [Fact]
    public void Open_WhileAnAttemptRuns_ReplacesIt()
    {
        var silent = Serve(peer => peer.ExpectEnd());
        var connection = New(silent.Endpoint, new ReconnectOptions());
        var first = connection.Open(After(60), out _);
        _handler.WaitFor("Connected");
        var second = connection.Open(After(60), out var isOpen);
        Assert.False(isOpen);
        Assert.NotSame(first, second);
        Assert.True(first!.IsClosed);
        _handler.WaitFor("Connected", 2);
        Eventually.True(() => _handler.Log.Split(' ').Length == 5);
        Assert.Equal((2, 1), (_handler.Count("ConnectDelayed"), _handler.Count("Closed"))); // the two overlap
    }

    [Fact]
    public void Open_OpenConnection_IsTheSameUntilDetached()
    {
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        var connection = New(server.Endpoint, new ReconnectOptions());
        var first = connection.Open(After(60), out _);
        _handler.WaitFor("OnOpened");
        Assert.Same(first, connection.Open(After(60), out var isOpen));
        Assert.True(isOpen);
        Assert.Same(first, connection.Detach());
        Assert.Null(connection.Detach());
        Assert.NotSame(first, connection.Open(After(60), out isOpen));
        Assert.False(isOpen);
        Assert.False(first!.IsClosed);
        first.Dispose();
    }

    [Fact]
    public void TryTakeBeside_AttemptInProgress_IsGivenUpAndNobodyGetsIt()
    {
        var number = 0;
        var server = Serve(peer =>
        {
            if (Interlocked.Increment(ref number) == 2)
            {
                peer.Handshake("REP");
            }

            peer.ExpectEnd();
        });
        var connection = New(server.Endpoint, reconnect: null);
        var attempt = connection.Open(After(60), out _);
        _handler.WaitFor("Connected");
        Eventually.True(() => Volatile.Read(ref number) == 1);
        var beside = connection.OpenBeside(After(60), out _);
        _handler.WaitFor("OnOpened");

        Assert.True(connection.TryTakeBeside(out var taken, out var replaced));

        Assert.Equal((beside, null, true), (taken, replaced, attempt!.IsClosed));
    }

    [Fact]
    public void Open_NoReconnect_StaysDown()
    {
        var connection = New(Refusing(), reconnect: null);
        connection.Open(After(60), out _);
        _handler.WaitFor("Refused");
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("ConnectDelayed Closed Refused", _handler.Log);
        Assert.Equal(0, _timers.Count);
    }

    [Fact]
    public void Dispose_DuringTheBackOff_LeavesNoTimer()
    {
        var connection = New(Refusing(), new ReconnectOptions());
        connection.Open(After(60), out _);
        _handler.WaitFor("Refused");
        connection.Dispose();
        Assert.Equal(0, _timers.Count);
        Assert.Null(connection.Open(After(60), out _));
    }
}
