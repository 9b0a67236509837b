using System.Collections.Concurrent;
using ZmqExporter.Heartbeat;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Conformance;

/// <summary>A subscription to the heartbeats of the server that is tried. One caller at a time.</summary>
internal sealed class ConformanceFeed : IDisposable, ISubscriptionObserver
{
    private const int MaxFrames = 64;
    private const int MaxWaiting = 1000;
    private const int MaxLength = 2 * HeartbeatProtocol.MaxDetails;

    private readonly ISubscriptionLink _link;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly List<byte[]> _frames = [];
    private readonly ConcurrentQueue<ZmtpMessage> _messages = new();

    /// <param name="client">Makes the connection.</param>
    /// <param name="endpoint">Where to.</param>
    /// <param name="timeout">How long a handshake may take.</param>
    /// <param name="time">The clock.</param>
    public ConformanceFeed(IMessageClient client, ZmtpEndpoint endpoint, TimeSpan timeout, TimeProvider time)
    {
        (_timeout, _time) = (timeout, time);
        var options = new LinkOptions
        {
            Name = "conformance",
            Endpoint = endpoint,
            SocketType = Zmtp.SocketType.Sub,
            AttemptTimeout = timeout,
            Topics = [[.. HeartbeatProtocol.Id]],
        };
        _link = client.CreateSubscription(options, this);
    }

    /// <summary>The type of the server's socket; empty when it did not say.</summary>
    public string SocketType => _link.Peer?.SocketType ?? "";

    /// <summary>Connects and subscribes.</summary>
    /// <returns>Why there is no connection, or null.</returns>
    public async Task<string?> OpenAsync()
    {
        var outcome = await _link.OpenAsync(Timestamp.Now(_time) + _timeout);
        return outcome.Kind == LinkOutcomeKind.Opened ? null : outcome.Error?.Message ?? "no connection";
    }

    /// <summary>When a wait that begins now ends.</summary>
    public Timestamp Begin(TimeSpan wait) => Timestamp.Now(_time) + wait;

    /// <summary>Waits for the next message whose topic is that of heartbeats.</summary>
    /// <param name="until">When the wait ends.</param>
    /// <returns>Null when none came.</returns>
    public async Task<ZmtpMessage?> NextAsync(Timestamp until)
    {
        while (true)
        {
            if (_messages.TryDequeue(out var message))
            {
                if (message[0].SequenceEqual(HeartbeatProtocol.Id))
                {
                    return message;
                }
            }
            else if (await _link.ReceiveAsync(until) is { Kind: not LinkOutcomeKind.Message } outcome)
            {
                return outcome.Kind == LinkOutcomeKind.TimedOut && _messages.TryDequeue(out message) ? message : null;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _link.Dispose();

    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent)
    {
    }

    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
    }

    void ISubscriptionObserver.OnSubscribed(Timestamp timestamp, SubscriptionCause cause) => _frames.Clear();

    int ISubscriptionObserver.KeptLength(int number) => number < MaxFrames ? MaxLength : 0;

    void ISubscriptionObserver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        if (number == 0)
        {
            _frames.Clear();
        }

        if (number < MaxFrames)
        {
            _frames.Add(head[..Math.Min(head.Length, MaxLength)].ToArray());
        }

        if (isLast && _messages.Count < MaxWaiting)
        {
            _messages.Enqueue(ZmtpMessage.FromFrames(_frames));
        }
    }

    void ISubscriptionObserver.OnFramesRead(Timestamp timestamp)
    {
    }
}
