using System.Text;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>Keeps what it is told. Refuses frames that come from two threads at once or out of order.</summary>
internal sealed class RecordingObserver : ISubscriptionObserver
{
    private const int Kept = 64;

    private readonly Lock _lock = new();
    private readonly List<ConnectionEvent> _events = [];
    private readonly List<ZmtpMessage> _unawaited = [];
    private readonly List<ReceivedMessage> _messages = [];
    private readonly List<byte[]> _frames = [];
    private readonly List<string> _faults = [];
    private readonly List<SubscriptionCause> _causes = [];
    private long _length;
    private int _inCall;

    public IReadOnlyList<ZmtpMessage> Unawaited => Snapshot(_unawaited);

    public IReadOnlyList<ReceivedMessage> Messages => Snapshot(_messages);

    /// <summary>How often it was told that a connection is subscribed.</summary>
    public int Subscribed => Causes.Count;

    /// <summary>And why.</summary>
    public IReadOnlyList<SubscriptionCause> Causes => Snapshot(_causes);

    /// <summary>What broke the contract of the interface.</summary>
    public IReadOnlyList<string> Faults => Snapshot(_faults);

    /// <summary>How often something happened to a connection.</summary>
    public int Count(ConnectionEvent connectionEvent) => Snapshot(_events).Count(seen => seen == connectionEvent);

    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        lock (_lock)
        {
            _events.Add(connectionEvent);
        }
    }

    public void OnUnawaitedMessage(ZmtpMessage message)
    {
        lock (_lock)
        {
            _unawaited.Add(message);
        }
    }

    public void OnSubscribed(Timestamp timestamp, SubscriptionCause cause = SubscriptionCause.Connected) => OneAtATime(() =>
    {
        _frames.Clear(); // what had come of a message never ends
        _length = 0;
        _causes.Add(cause);
    });

    public int KeptLength(int number) => Kept;

    public void OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        var kept = head.ToArray();
        OneAtATime(() =>
        {
            if (number != _frames.Count || kept.Length < Math.Min(length, Kept))
            {
                _faults.Add($"frame {number} after {_frames.Count}, {kept.Length} bytes of {length}");
            }

            _frames.Add(kept);
            _length += length;
            if (isLast)
            {
                _messages.Add(new ReceivedMessage(Encoding.UTF8.GetString(_frames[0]), _frames.ToArray(), _length));
                _frames.Clear();
                _length = 0;
            }
        });
    }

    public void OnFramesRead(Timestamp timestamp) => OneAtATime(() => { });

    private void OneAtATime(Action action)
    {
        var isAlone = Interlocked.Increment(ref _inCall) == 1;
        lock (_lock)
        {
            if (!isAlone)
            {
                _faults.Add("two calls at once");
            }

            action();
        }

        Interlocked.Decrement(ref _inCall);
    }

    private List<T> Snapshot<T>(List<T> list)
    {
        lock (_lock)
        {
            return [.. list];
        }
    }
}

/// <summary>A message of a subscription.</summary>
/// <param name="Topic">Its first frame, or the start of it.</param>
/// <param name="Frames">The starts of all frames.</param>
/// <param name="Length">Bytes of all frames together.</param>
internal sealed record ReceivedMessage(string Topic, IReadOnlyList<byte[]> Frames, long Length);
