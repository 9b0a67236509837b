using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Tests.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

/// <summary>What every test of a link over a <see cref="ShellWorker"/> begins with. Our own client is a fake one, and nobody listens unless the test does.</summary>
public abstract class ShellWorkerTest : ISubscriptionObserver, IDisposable
{
    private readonly List<IDisposable> _things = [];

    /// <param name="timeout">How long a probe may take.</param>
    /// <param name="time">The clock, if it is not <see cref="Time"/>.</param>
    private protected ShellWorkerTest(TimeSpan timeout, TimeProvider? time = null)
    {
        Timeout = timeout;
        Timers = Own(new TimerQueue(time ?? Time));
        Seen = new FakeLink(Time);
        Client = Own(new DiagnosticClient(_ => Seen, Timers, timeout));
    }

    private protected FakeTimeProvider Time { get; } = new();

    private protected TimeSpan Timeout { get; }

    private protected TimerQueue Timers { get; }

    /// <summary>What our own client sees.</summary>
    private protected FakeLink Seen { get; }

    private protected DiagnosticClient Client { get; }

    private protected NetMqWorkers? Workers { get; private set; }

    private protected FakeLogCollector Logs { get; } = new();

    /// <summary>Why the connections of subscriptions came about.</summary>
    private protected ConcurrentQueue<SubscriptionCause> Causes { get; } = [];

    public void Dispose()
    {
        for (var i = _things.Count - 1; i >= 0; i--)
        {
            _things[i].Dispose(); // links before what they stand on
        }

        GC.SuppressFinalize(this);
    }

    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent) => OnConnectionEvent(connectionEvent);

    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
    }

    void ISubscriptionObserver.OnSubscribed(Timestamp timestamp, SubscriptionCause cause) => Causes.Enqueue(cause);

    int ISubscriptionObserver.KeptLength(int number) => 0;

    void ISubscriptionObserver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
    }

    void ISubscriptionObserver.OnFramesRead(Timestamp timestamp)
    {
    }

    private protected static Task<T> WithinDeadline<T>(ValueTask<T> task) => task.AsTask().WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);

    /// <summary>A link whose worker runs these commands, one after the other.</summary>
    private protected NetMqLink Link(params IEnumerable<string> commands) => Own(new NetMqLink(Options(SocketType.Req), Start(commands), Client, this));

    /// <summary>The same for a subscription.</summary>
    private protected NetMqSubscriptionLink Subscription(params IEnumerable<string> commands) =>
        Own(new NetMqSubscriptionLink(Options(SocketType.Sub), Start(commands), Client, this));

    private protected virtual void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
    }

    private LinkOptions Options(SocketType type)
    {
        Assert.True(ZmtpEndpoint.TryParse("tcp://127.0.0.1:5555", out var endpoint, out _));
        return new LinkOptions { Name = "orders", Endpoint = endpoint, SocketType = type, AttemptTimeout = Timeout, Topics = [[]] };
    }

    private NetMqWorkers Start(IEnumerable<string> commands) => Workers = Own(new NetMqWorkers(
        new ZmtpContext(Timers, new NameResolver()),
        new WorkerSettings(new FakeLogger(Logs)) { Program = ShellWorker.Program(string.Join("; ", commands)) }));

    private T Own<T>(T thing)
        where T : IDisposable
    {
        _things.Add(thing);
        return thing;
    }
}
