using System.Text;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>
/// A link in fake time: what is scheduled to come comes when the prober waits for it, and the clock moves there. Connections
/// are numbered, so that what was on its way on an old one does not come on a new one.
/// </summary>
internal sealed class FakeLink(FakeTimeProvider time) : IMessageClient, IMessageLink
{
    private readonly List<Scheduled> _scheduled = [];
    private ILinkObserver? _observer;
    private bool _isProbing;
    private bool _isOpen;
    private Timestamp _begun;

    public Action<FakeLink, ZmtpMessage>? Sent { get; set; }

    public Action<FakeLink>? Pinged { get; set; }

    public Func<LinkOutcome>? Opening { get; set; }

    /// <summary>Until when the last connection was to be made.</summary>
    public Timestamp OpenUntil { get; private set; }

    public bool KnowsPing { get; set; } = true;

    /// <summary>What the next wait brings, whatever its deadline; given the moment at which the last probe began.</summary>
    public Func<FakeLink, Timestamp, LinkOutcome>? Receiving { get; set; }

    /// <summary>Told of each wait: when its probe began, and until when it is.</summary>
    public Action<Timestamp, Timestamp>? Waiting { get; set; }

    /// <summary>What happens when a connection beside is asked for: schedule how it ends.</summary>
    public Action<FakeLink>? BesideAsked { get; set; }

    /// <summary>What the peer does with a request on the connection beside; see <see cref="ReplyBesideAfter"/>.</summary>
    public Action<FakeLink, ZmtpMessage>? SentBeside { get; set; }

    public int Besides { get; private set; }

    public int BesidesTaken { get; private set; }

    public int BesidesDropped { get; private set; }

    public bool? IsAcknowledged { get; set; }

    public bool WasLostToPing { get; set; }

    public bool MayReplace { get; set; } = true;

    public Timestamp OpenedAt { get; private set; }

    public TimeSpan OwnDelay { get; set; }

    public List<AfterProbe> Ended { get; } = [];

    public List<string> SentTexts { get; } = [];

    public int Connections { get; private set; }

    public int Pings { get; private set; }

    public bool Disposed { get; private set; }

    public bool Reconnects { get; private set; }

    public ZmtpMessage? LastHandedOut { get; private set; }

    public PeerInfo? Peer { get; set; }

    public bool HasGreeted { get; set; }

    public bool OnlyLooks { get; set; }

    public ConnectionTimings Timings => new(null, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2));

    public static string Text(ZmtpMessage message) =>
        string.Join('|', Enumerable.Range(0, message.FrameCount).Select(i => Encoding.UTF8.GetString(message[i])));

    public IMessageLink CreateLink(LinkOptions options, ILinkObserver observer)
    {
        _observer = observer;
        Reconnects = options.Reconnect is not null;
        return this;
    }

    public ISubscriptionLink CreateSubscription(LinkOptions options, ISubscriptionObserver observer) =>
        throw new NotSupportedException();

    /// <summary>Lets something come on the present connection after some milliseconds.</summary>
    public void After(double milliseconds, LinkOutcomeKind kind, ZmtpMessage? message = null, ZmtpError? error = null) =>
        _scheduled.Add(new Scheduled(Connections, Timestamp.Now(time) + TimeSpan.FromMilliseconds(milliseconds), kind, message, error));

    /// <summary>Lets a reply come on the connection beside, whether it is taken or not.</summary>
    public void ReplyBesideAfter(double milliseconds, params string[] frames) => _scheduled.Add(
        new Scheduled(Connections + 1, Timestamp.Now(time) + TimeSpan.FromMilliseconds(milliseconds), LinkOutcomeKind.Message, ZmtpMessage.FromText(frames), null) { IsBeside = true });

    /// <summary>The moment some milliseconds after another.</summary>
    public static Timestamp At(Timestamp start, double milliseconds) => start + TimeSpan.FromMilliseconds(milliseconds);

    /// <summary>Answers each PING.</summary>
    public void Pong() => Pinged = link => link.After(1, LinkOutcomeKind.Pong);

    public void ReplyAfter(double milliseconds, params string[] frames) =>
        After(milliseconds, LinkOutcomeKind.Message, ZmtpMessage.FromText(frames));

    /// <summary>Lets time pass between probes.</summary>
    public void Pass(double milliseconds)
    {
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        DeliverUnawaited();
    }

    public ValueTask<LinkOutcome> OpenAsync(Timestamp deadline)
    {
        DeliverUnawaited();
        OpenUntil = deadline;
        _isProbing = true;
        _begun = Timestamp.Now(time);
        if (Opening is not null)
        {
            var outcome = Opening();
            OpenedAt = outcome.Kind == LinkOutcomeKind.Opened ? outcome.Timestamp : Timestamp.None;
            return new ValueTask<LinkOutcome>(outcome);
        }

        if (!_isOpen)
        {
            _isOpen = true;
            Connections++;
            OpenedAt = Timestamp.Now(time);
            _observer!.OnConnectionEvent(ConnectionEvent.HandshakeSucceeded);
        }

        return new ValueTask<LinkOutcome>(new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.Now(time)));
    }

    public void Send(ZmtpMessage message)
    {
        SentTexts.Add(Text(message));
        Sent?.Invoke(this, message);
    }

    public bool SendPing()
    {
        if (!KnowsPing)
        {
            return false;
        }

        Pings++;
        Pinged?.Invoke(this);
        return true;
    }

    public ValueTask<LinkOutcome> ReceiveAsync(Timestamp until)
    {
        Assert.True(_isProbing);
        Waiting?.Invoke(_begun, until);
        if (Receiving is { } receiving)
        {
            Receiving = null;
            return new ValueTask<LinkOutcome>(receiving(this, _begun));
        }

        var next = _scheduled.Where(item => (item.Connection == Connections || (item.IsBeside && item.Connection == Connections + 1)) && item.At <= until).OrderBy(item => item.At).FirstOrDefault();
        if (next is null)
        {
            MoveTo(until);
            return new ValueTask<LinkOutcome>(new LinkOutcome(LinkOutcomeKind.TimedOut, Timestamp.Now(time)));
        }

        _scheduled.Remove(next);
        MoveTo(next.At);
        LastHandedOut = next.Message;
        return new ValueTask<LinkOutcome>(new LinkOutcome(next.Kind, next.At, next.Message, next.Error)
        {
            IsBeside = next.Connection > Connections,
            HasGreeted = HasGreeted,
        });
    }

    public bool OpenBeside(Timestamp deadline)
    {
        Besides++;
        BesideAsked?.Invoke(this);
        return true;
    }

    public void SendBeside(ZmtpMessage message)
    {
        SentTexts.Add(Text(message));
        SentBeside?.Invoke(this, message);
    }

    public bool TakeBeside()
    {
        BesidesTaken++;
        Connections++;
        OpenedAt = Timestamp.Now(time);
        return true;
    }

    public void DropBeside()
    {
        BesidesDropped++;
        _scheduled.RemoveAll(item => item.IsBeside && item.Connection > Connections);
    }

    /// <summary>A message comes for which the probe's queue has no room.</summary>
    public void Overflow(ZmtpMessage message) => _observer!.OnUnawaitedMessage(message);

    /// <summary>The connection is lost before the next probe asks for it.</summary>
    public void Lose() => _isOpen = false;

    public void EndProbe(AfterProbe next)
    {
        _isProbing = false;
        Ended.Add(next);
        if (next is AfterProbe.Close or AfterProbe.Abort or AfterProbe.KeepForLateReply)
        {
            _isOpen = false;
            if (next != AfterProbe.KeepForLateReply)
            {
                _scheduled.RemoveAll(item => item.Connection == Connections);
            }
        }
    }

    public void Dispose() => Disposed = true;

    private void DeliverUnawaited()
    {
        foreach (var item in _scheduled.Where(item => item.At < Timestamp.Now(time)).OrderBy(item => item.At).ToList())
        {
            _scheduled.Remove(item);
            if (item.Message is not null)
            {
                _observer!.OnUnawaitedMessage(item.Message);
            }
        }
    }

    private void MoveTo(Timestamp timestamp)
    {
        if (timestamp > Timestamp.Now(time))
        {
            time.Advance((timestamp - Timestamp.Now(time)));
        }
    }

    private sealed record Scheduled(int Connection, Timestamp At, LinkOutcomeKind Kind, ZmtpMessage? Message, ZmtpError? Error)
    {
        public bool IsBeside { get; init; }
    }
}
