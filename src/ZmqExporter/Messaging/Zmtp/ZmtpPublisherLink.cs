using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>
/// A PUB over our own ZMTP client: knows whether its peer, an XSUB or a SUB, wants its topic. Of the other subscriptions of the peer, however
/// many, it keeps nothing: those that a topic begins with are no more than the topic has bytes.
/// </summary>
internal sealed class ZmtpPublisherLink : ZmtpLink
{
    private const int MaxConnections = 4; // the one in use, the one beside, and what is being closed

    private readonly Lock _lock = new();
    private readonly byte[] _topic;
    private readonly List<Receiver> _receivers = [];

    public ZmtpPublisherLink(LinkOptions options, ZmtpContext context, LateReplyBudget budget, ILinkObserver observer)
        : base(options, context, budget, observer) => _topic = [.. options.Topics.Single()];

    /// <inheritdoc />
    public override bool? IsSubscribed
    {
        get
        {
            var used = Used;
            lock (_lock)
            {
                return used is not null && _receivers.Exists(receiver => receiver.Connection == used && receiver.IsSubscribed);
            }
        }
    }

    /// <inheritdoc />
    public override IFrameReceiver CreateReceiver(ZmtpConnection connection)
    {
        var receiver = new Receiver(this, connection);
        lock (_lock)
        {
            _receivers.RemoveAll(static old => old.Connection.IsClosed);
            if (_receivers.Count == MaxConnections)
            {
                _receivers.RemoveAt(0);
            }

            _receivers.Add(receiver);
        }

        return receiver;
    }

    private sealed class Receiver(ZmtpPublisherLink owner, ZmtpConnection connection) : IFrameReceiver
    {
        private const byte Cancel = 0; // RFC 23, "The publish-subscribe pattern"
        private const byte Subscribe = 1;

        private readonly bool[] _prefixes = new bool[owner._topic.Length + 1]; // by length: whether that much of our topic is subscribed to
        private volatile bool _isSubscribed;

        public ZmtpConnection Connection => connection;

        public bool IsSubscribed => _isSubscribed;

        public int? MaxLength => null; // a proxy passes on as many as it has subscribers

        public bool TakesSubscriptions => true;

        public int KeptLength(int number) => number == 0 ? 1 + owner._topic.Length : 0;

        public ZmtpError? OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
        {
            if (number == 0 && isLast && length > 0 && length <= _prefixes.Length && head[0] is Cancel or Subscribe)
            {
                OnSubscription(head[0] == Subscribe, head[1..length]);
            }

            return null;
        }

        public void OnSubscription(bool isSubscribed, ReadOnlySpan<byte> topic)
        {
            if (!owner._topic.AsSpan().StartsWith(topic))
            {
                return;
            }

            _prefixes[topic.Length] = isSubscribed;
            var was = _isSubscribed;
            _isSubscribed = Array.IndexOf(_prefixes, true) >= 0;
            if (_isSubscribed && !was)
            {
                owner.Notify(connection);
            }
        }
    }
}
