using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Zmtp.Tests.Sockets;

/// <summary>What is left of a connect when descriptors, memory or room at an address are not.</summary>
public sealed class DialerLimitTests : DialerTestBase
{
    private static readonly ConnectLimits Few = new() { MaxAtOnce = 1, Burst = 100, PerSecond = 100 };

    [Fact]
    public void Start_NoDescriptorLeft_IsOurOwnFaultAndNobodyIsAsked()
    {
        var budget = new DescriptorBudget { Limit = 1 };
        Assert.True(budget.TryTake());
        Connect("tcp://two.addresses:9", new NameResolver(_ => [IPAddress.Loopback, Second]), TimeProvider.System, descriptors: budget);

        var error = _handler.WaitForError();

        Assert.Equal(budget.Refusal, error);
        Assert.Equal("Local", _handler.Log); // and no attempt before it
        Assert.Equal(1, budget.InUse);
    }

    // Nobody has asked the second one: that the first is silent is no verdict on the server.
    [Fact]
    public void Start_FirstAddressIsABlackHoleAndNoDescriptorIsLeftForTheSecond_IsOurOwnFault()
    {
        var hole = Keep(new BlackHole());
        var budget = new DescriptorBudget { Limit = 1 };
        var time = new FakeTimeProvider();
        Connect($"tcp://two.addresses:{hole.Port}", new NameResolver(_ => [IPAddress.Loopback, Second]), time, descriptors: budget);
        _handler.WaitFor("ConnectDelayed");

        Eventually.True(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return _handler.Error is not null;
        });

        Assert.StartsWith("this process has no file descriptors left", _handler.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(ZmtpErrorCode.Local, _handler.Error.Code);
        Assert.Equal(1, _handler.Count("ConnectDelayed"));
    }

    [Fact]
    public void Start_FirstAddressRefusesAndNoDescriptorIsLeftForTheSecond_IsOurOwnFault()
    {
        var budget = new DescriptorBudget { Limit = 1 };
        _handler.Happened = connectionEvent =>
        {
            if (connectionEvent == ConnectionEvent.Closed)
            {
                budget.Limit = 0;
            }
        };
        Connect($"tcp://two.addresses:{RefusingPort()}", new NameResolver(_ => [IPAddress.Loopback, Second]), TimeProvider.System, descriptors: budget);

        var error = _handler.WaitForError();

        Assert.StartsWith("this process has no file descriptors left", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, _handler.Count("ConnectDelayed"));
    }

    // On the threads of the pool and the network an exception that nobody catches ends the process, this one too.
    [Theory]
    [InlineData("Begin", 0)]
    [InlineData("TakeAddresses", 0)]
    [InlineData("Next", 0)]
    [InlineData("TryNext", 0)]
    [InlineData("TryNext", 1)]
    [InlineData("Proceed", 0)]
    [InlineData("Take", 0)]
    [InlineData("OnConnected", 0)]
    [InlineData("OnConnected", 1)]
    public void Start_AllocationThatFails_EndsTheConnectionAsOurOwnFault(string method, int skipped)
    {
        var budget = new DescriptorBudget { Limit = 10 };
        var hole = method == "Proceed" ? Keep(new BlackHole()) : null;
        var server = Keep(new ScriptedServer(peer => peer.ExpectEnd()));
        var clock = new FailingClock(method, skipped);
        Connect($"tcp://name:{hole?.Port ?? server.Port}", new NameResolver(_ => [IPAddress.Loopback]), clock, TimeSpan.FromSeconds(1), budget);

        var error = _handler.WaitForError();

        Assert.True(clock.HasFailed);
        Assert.Equal(SocketErrors.NoMemoryToConnect, error);
        Eventually.True(() => budget.InUse == 0);
    }

    [Fact]
    public void Start_ConnectionThatEnds_GivesItsDescriptorBack()
    {
        var budget = new DescriptorBudget { Limit = 2 };
        var server = Keep(new ScriptedServer(
            peer =>
            {
                peer.Handshake("REP");
                peer.ExpectEnd();
            },
            new IPEndPoint(Second, 0)));
        var connection = Connect(
            $"tcp://two.addresses:{server.Port}", new NameResolver(_ => [IPAddress.Loopback, Second]), TimeProvider.System, descriptors: budget);
        _handler.WaitFor("OnOpened");
        Assert.Equal(1, budget.InUse); // the first address refused, and its socket is closed

        connection.Dispose();
        Assert.Equal(0, budget.InUse);
    }

    [Fact]
    public void Start_NoDescriptorLeftToLookTheNameUp_IsOurOwnFault()
    {
        var budget = new DescriptorBudget { Limit = 2 };
        var resolver = new NameResolver(_ => throw new InvalidOperationException("must not be asked"), descriptors: budget);
        Connect("tcp://any.name:9", resolver, TimeProvider.System, descriptors: budget);

        var error = _handler.WaitForError();

        Assert.Equal(ZmtpErrorCode.Local, error.Code);
        Assert.Contains("no file descriptors left to look up any.name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_AddressIsFull_IsHeldBackAndNobodyIsAsked()
    {
        var server = Keep(new ScriptedServer(peer => peer.ExpectEnd()));
        _limits = Few;
        Connect($"tcp://127.0.0.1:{server.Port}", new NameResolver(), new FakeTimeProvider());
        _handler.WaitFor("Connected");

        Connect($"tcp://127.0.0.1:{server.Port}", new NameResolver(), new FakeTimeProvider());

        var error = _handler.WaitForError();
        Assert.Equal((ZmtpErrorCode.Local, true), (error.Code, error.IsHeldBack));
        Assert.Equal(1, _handler.Count("ConnectDelayed"));
    }

    // The other address says nothing of a server that nobody asked.
    [Fact]
    public void Start_OneAddressIsFullAndTheOtherRefuses_IsHeldBack()
    {
        var server = Keep(new ScriptedServer(peer => peer.ExpectEnd()));
        _limits = Few;
        Connect($"tcp://127.0.0.1:{server.Port}", new NameResolver(), new FakeTimeProvider());
        _handler.WaitFor("Connected");

        Connect($"tcp://two.addresses:{server.Port}", new NameResolver(_ => [Second, IPAddress.Loopback]), new FakeTimeProvider());

        Assert.True(_handler.WaitForError().IsHeldBack);
        Assert.Equal(2, _handler.Count("ConnectDelayed"));
    }

    [Fact]
    public void Start_OneAddressIsFull_TheOtherOneIsUsed()
    {
        var server = Keep(new ScriptedServer(peer => peer.ExpectEnd()));
        Keep(new ScriptedServer(
            peer =>
            {
                peer.Handshake("REP");
                peer.ExpectEnd();
            },
            new IPEndPoint(Second, server.Port)));
        _limits = Few;
        Connect($"tcp://127.0.0.1:{server.Port}", new NameResolver(), new FakeTimeProvider());
        _handler.WaitFor("Connected");

        Connect($"tcp://two.addresses:{server.Port}", new NameResolver(_ => [IPAddress.Loopback, Second]), new FakeTimeProvider());

        _handler.WaitFor("OnOpened");
    }

    /// <summary>Says once that there is no memory, to the dialer or the connection that reads it in one of its methods.</summary>
    private sealed class FailingClock(string method, int skipped) : TimeProvider
    {
        private static readonly Type?[] Connecting = [typeof(Dialer), typeof(AddressRace), typeof(AddressQueue), typeof(ConnectionLifecycle), typeof(ZmtpConnection)];

        // The compiler may have put a method into the one that does nothing but call it.
        private static readonly Dictionary<string, string> Callers = new(StringComparer.Ordinal) { ["Begin"] = "Start", ["Proceed"] = "Execute", ["Take"] = "OnEnded" };

        private int _calls;

        public bool HasFailed => Volatile.Read(ref _calls) > skipped;

        public override long GetTimestamp()
        {
            if (IsCalledByIt() && Interlocked.Increment(ref _calls) == skipped + 1)
            {
#pragma warning disable CA2201, MA0012 // What an allocation throws.
                throw new OutOfMemoryException();
#pragma warning restore CA2201, MA0012
            }

#pragma warning disable RS0030 // What everybody else gets.
            return base.GetTimestamp();
#pragma warning restore RS0030
        }

        // The first of our methods that is more than a name for the present.
        private bool IsCalledByIt()
        {
            var name = new StackTrace(1).GetFrames()
                .Select(frame => frame.GetMethod())
                .FirstOrDefault(caller => Connecting.Contains(caller?.DeclaringType) && caller!.Name != "get_Now")?.Name.Split('.')[^1]; // an interface may stand before it
            return name == method || (name is not null && Callers.GetValueOrDefault(method) == name);
        }
    }
}
