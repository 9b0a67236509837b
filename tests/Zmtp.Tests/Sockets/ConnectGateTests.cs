using System.Collections.Concurrent;
using System.Net;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Zmtp.Tests.Sockets;

public sealed class ConnectGateTests : IDisposable
{
    private static readonly IPEndPoint Here = new(IPAddress.Parse("10.0.0.7"), 5555);
    private static readonly IPEndPoint Elsewhere = new(IPAddress.Parse("10.0.0.7"), 5556);

    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly ConcurrentQueue<HeldBack> _changes = new();

    public ConnectGateTests() => _timers = new TimerQueue(_time);

    private static ConnectLimits Usual { get; } = ConnectLimits.Of("32768\t60999", "2");

    public void Dispose() => _timers.Dispose();

    [Fact]
    public void Of_UsualRange_AHundredProbesASecondAndTheStartOfThousandsPass()
    {
        Assert.InRange(Usual.PerSecond, 200, 235); // half of the ports, each of which is kept for 60 s
        Assert.True(Usual.Burst + (60 * Usual.PerSecond) < 14_116);
        Assert.True(Usual.MaxAtOnce * 0.75 > 1000); // as many first probes as start in a second
    }

    [Theory]
    [InlineData("1024 65535", "0", 32_256)]
    [InlineData("50000 50199", "0", 100)]
    [InlineData("40000 40000", "0", 1)]
    public void Of_OtherRange_NeverNeedsMoreThanHalfOfIt(string range, string reuse, int half)
    {
        var limits = ConnectLimits.Of(range, reuse);

        Assert.True(limits.MaxAtOnce >= 1 && limits.Burst >= 1 && limits.PerSecond >= 0);
        Assert.True(limits.Burst + (60 * limits.PerSecond) <= Math.Max(1, half));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("2 1")]
    [InlineData("1 2 3")]
    [InlineData("-5 70000")]
    [InlineData("a b")]
    public void Of_StrangeRange_IsTheUsualOne(string? range) => Assert.Equal(Usual with { Reuse = PortReuse.Nowhere }, ConnectLimits.Of(range, reuse: null));

    [Fact]
    public void TryEnter_HundredProbesASecondThatEachLeaveAPort_AreNeverHeldBack()
    {
        var gate = New(Usual);
        for (var second = 0; second < 600; second++)
        {
            Assert.Equal(100, Enumerable.Range(0, 100).Count(_ => TryProbe(gate, Timestamp.None)));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(_changes);
    }

    [Fact]
    public void TryEnter_TwoThousandKeptConnections_AreNotHeldBack()
    {
        var gate = New(Usual);
        for (var tick = 0; tick < 200; tick++)
        {
            for (var i = 0; i < 10; i++)
            {
                gate.TryEnter(Here, Timestamp.None, out _)!.Leave(); // open, and stays so
            }

            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Empty(_changes);
    }

    [Fact]
    public void TryEnter_TooManyUnderWay_OnlyThatDestinationIsHeldBack()
    {
        var gate = New(Usual);
        var passes = new List<ConnectPass>();
        while (gate.TryEnter(Here, Timestamp.None, out _) is { } pass)
        {
            passes.Add(pass);
        }

        Assert.InRange(passes.Count, 1000, Usual.MaxAtOnce);
        Assert.NotNull(gate.TryEnter(Elsewhere, Timestamp.None, out _));
        Assert.Null(gate.TryEnter(Here, Timestamp.None, out var error));
        Assert.Equal((ZmtpErrorCode.Local, true), (error!.Code, error.IsHeldBack));
        passes.ForEach(pass => pass.Leave());
        passes.ForEach(pass => pass.Leave()); // counts once
        Assert.NotNull(gate.TryEnter(Here, Timestamp.None, out _));
        Eventually.True(() => _changes.Count == 1);
        Assert.Equal(HeldBackCause.TooManyAtOnce, Assert.Single(_changes).Cause);
    }

    // Each target has its place in the second, so that the same ones would find room each time.
    [Theory]
    [InlineData(330)]
    [InlineData(1000)]
    [InlineData(10_000)]
    public void TryEnter_MoreProbesThanPorts_EachTargetGetsItsTurn(int targets)
    {
        var gate = New(Usual);
        var refusedSince = new Timestamp[targets];
        var made = new int[targets];
        var ports = new Queue<TimeSpan>(); // in TIME_WAIT
        var most = 0;
        var start = Timestamp.Now(_time);
        const int seconds = 300;
        for (var second = 0; second < seconds; second++)
        {
            for (var target = 0; target < targets; target++)
            {
                var now = start.Elapsed(_time);
                while (ports.TryPeek(out var oldest) && now - oldest > TimeSpan.FromSeconds(60))
                {
                    ports.Dequeue();
                }

                if (TryProbe(gate, refusedSince[target]))
                {
                    refusedSince[target] = Timestamp.None;
                    made[target]++;
                    ports.Enqueue(now);
                    most = Math.Max(most, ports.Count);
                }
                else if (!refusedSince[target].IsSet)
                {
                    refusedSince[target] = Timestamp.Now(_time);
                }

                _time.Advance(TimeSpan.FromSeconds(1.0 / targets));
            }
        }

        var fair = seconds * Usual.PerSecond / targets;
        Assert.True(made.Min() >= Math.Max(1, (fair / 2) - 1), $"{made.Min()} probes of the worst, {fair:0.0} would be fair");
        Assert.InRange(most, 0.85 * 60 * Usual.PerSecond, 14_116);
    }

    [Fact]
    public void Admits_LessRoom_NeedsAtLeastAsLongAWait() =>
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1000]).Sample((a, b, seconds) =>
        {
            var waited = TimeSpan.FromSeconds(seconds);
            Assert.True(!ConnectGate.Admits(Math.Min(a, b), 0.001, waited) || ConnectGate.Admits(Math.Max(a, b), 0.001, waited));
        });

    [Fact]
    public void KeepPort_PortsThatTheKernelTakesAgain_CountLittle()
    {
        Assert.InRange(PortsUntilHeldBack(Usual, new IPEndPoint(IPAddress.Loopback, 1), hasTimestamps: true), 20_000, 40_000);
        Assert.InRange(PortsUntilHeldBack(Usual, new IPEndPoint(IPAddress.Loopback, 1), hasTimestamps: false), 500, 1100);
        Assert.InRange(PortsUntilHeldBack(Usual, Here, hasTimestamps: true), 500, 1100);
        Assert.InRange(PortsUntilHeldBack(Usual with { Reuse = PortReuse.Everywhere }, Here, hasTimestamps: true), 20_000, 40_000);
        Assert.InRange(PortsUntilHeldBack(Usual with { Reuse = PortReuse.Nowhere }, new IPEndPoint(IPAddress.Loopback, 1), hasTimestamps: true), 500, 1100);
    }

    [Fact]
    public void OnHeldBack_BeginningAndEnd_AreToldOnceEach()
    {
        var gate = New(Usual);
        for (var i = 0; i < 2000; i++)
        {
            TryProbe(gate, Timestamp.None);
        }

        Eventually.True(() => !_changes.IsEmpty);
        _time.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 8000; i++)
        {
            TryProbe(gate, Timestamp.None);
        }

        _time.Advance(TimeSpan.FromSeconds(59)); // since the last one, not since the first
        Assert.Single(_changes);
        for (var i = 0; i < 12 && _changes.Count < 2; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            Eventually.True(() => _changes.Count == 2 || _timers.Count == 1);
        }

        var changes = _changes.ToArray();
        Assert.Equal((false, HeldBackCause.PortsInTimeWait), (changes[0].IsOver, changes[0].Cause));
        Assert.Equal((true, Here, TimeSpan.FromSeconds(30)), (changes[1].IsOver, changes[1].Address, changes[1].Lasted));
        Assert.InRange(changes[1].Connects, 2000, 9500);
        Assert.Equal((2, 0, 0), (changes.Length, _timers.Count, gate.Count));
    }

    // Each needs another remedy.
    [Fact]
    public void OnHeldBack_AnotherCause_IsToldOnceToo()
    {
        var gate = New(Usual);
        while (TryProbe(gate, Timestamp.None))
        {
        }

        _time.Advance(TimeSpan.FromSeconds(30)); // ports are free again, and everybody waits for the server
        for (var i = 0; i < 2; i++)
        {
            while (gate.TryEnter(Here, Timestamp.None, out _) is not null)
            {
            }
        }

        Eventually.True(() => _changes.Count == 2);
        Assert.Equal(
            [HeldBackCause.TooManyAtOnce, HeldBackCause.PortsInTimeWait], _changes.Select(change => change.Cause).Order());
        Assert.DoesNotContain(_changes, change => change.IsOver);
    }

    [Fact]
    public void Destinations_ThatAreOver_AreForgotten()
    {
        var gate = New(Usual);
        for (var port = 1; port <= 10_000; port++)
        {
            Assert.True(TryProbe(gate, Timestamp.None, new IPEndPoint(Here.Address, port)));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(gate.Count, 1, 200);
        gate.TryEnter(Elsewhere, Timestamp.None, out _)!.Leave();
        Assert.InRange(gate.Count, 1, 200); // one that left no port is gone at once
    }

    private static bool TryProbe(ConnectGate gate, Timestamp refusedSince, IPEndPoint? address = null)
    {
        if (gate.TryEnter(address ?? Here, refusedSince, out _) is not { } pass)
        {
            return false;
        }

        pass.KeepPort(hasTimestamps: true);
        pass.Leave();
        return true;
    }

    private int PortsUntilHeldBack(ConnectLimits limits, IPEndPoint address, bool hasTimestamps)
    {
        var gate = New(limits);
        for (var i = 0; ; i++)
        {
            if (gate.TryEnter(address, Timestamp.None, out _) is not { } pass)
            {
                return i;
            }

            pass.KeepPort(hasTimestamps);
            pass.Leave();
        }
    }

    private ConnectGate New(ConnectLimits limits) => new(limits, _timers, _changes.Enqueue);
}
