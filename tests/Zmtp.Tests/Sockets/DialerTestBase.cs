using System.Net;

namespace Zmtp.Tests.Sockets;

/// <summary>What tests of the way to a server have besides: a clock and a resolver for each connection, and limits that all of a test share.</summary>
public abstract class DialerTestBase : ConnectionTestBase
{
    private protected static readonly IPAddress Second = IPAddress.Parse("127.0.0.2");

    private protected ConnectLimits? _limits; // the usual ones
    private protected ConnectGate? _gate;

    /// <summary>Watches the sockets; null has .NET do it.</summary>
    private protected virtual SocketWatch? Watch => SocketWatch.Shared;

    private protected ZmtpConnection Connect(
        string endpoint, NameResolver resolver, TimeProvider time, TimeSpan? timeout = null, DescriptorBudget? descriptors = null)
    {
        var timers = Keep(new TimerQueue(time));
        if (_limits is not null)
        {
            _gate ??= new ConnectGate(_limits, timers);
        }

        var context = new ZmtpContext(timers, resolver) { Descriptors = descriptors ?? new DescriptorBudget(), Watch = Watch };
        context = _gate is null ? context : context with { Gate = _gate };
        return Keep(ZmtpConnection.Start(
            ScriptedServer.Parse(endpoint),
            new ZmtpOptions { SocketType = SocketType.Req },
            context,
            timers.After(timeout ?? TimeSpan.FromSeconds(10)),
            _handler));
    }

    private protected static int RefusingPort()
    {
        using var server = new ScriptedServer(_ => { });
        return server.Port;
    }
}
