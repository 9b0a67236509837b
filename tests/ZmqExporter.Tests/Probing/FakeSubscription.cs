using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>
/// A client whose one subscription does what a test says, on a clock that moves when somebody waits. What is scheduled happens when
/// the clock passes it, whoever moves the clock: a wait of the prober, or <see cref="Pass"/>.
/// </summary>
internal sealed class FakeSubscription(FakeTimeProvider time) : IMessageClient, ISubscriptionLink
{
    private readonly PriorityQueue<Action, Timestamp> _schedule = new();
    private readonly Queue<LinkOutcome> _outcomes = new();
    private ISubscriptionObserver? _observer;
    private ZmtpError? _failure; // of the connection in use
    private bool _isConnected;
    private bool _isBesideOpen;
    private TimeSpan _maxAge = TimeSpan.MaxValue;
    private SubscriptionCause _ageCause;
    private Timestamp _opened;

    /// <summary>Why there is no connection, or null.</summary>
    public ZmtpError? Error { get; set; }

    /// <summary>How long it takes to learn that there is a connection.</summary>
    public TimeSpan OpenTakes { get; set; }

    /// <summary>Whether the peer can be asked for a PONG.</summary>
    public bool CanPing { get; set; } = true;

    /// <summary>Whether it answers.</summary>
    public bool AnswersPing { get; set; } = true;

    /// <summary>Whether the connection in use died in silence: nothing comes on it, and nothing that is sent arrives.</summary>
    public bool IsDead { get; set; }

    /// <summary>How long its answer takes.</summary>
    public TimeSpan PongTakes { get; set; } = TimeSpan.FromTicks(1);

    /// <summary>What the peer does at a PING instead of answering.</summary>
    public Action? AtPing { get; set; }

    /// <summary>How a connection beside ends; null for a client that can make none.</summary>
    public Func<ZmtpError?>? Beside { get; set; }

    /// <summary>How long a connection beside takes.</summary>
    public TimeSpan BesideTakes { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>What the publisher sends to each new subscriber.</summary>
    public Action? Welcome { get; set; }

    /// <summary>What comes during the next wait instead of its end.</summary>
    public Action? DuringWait { get; set; }

    /// <summary>Whether the clients' ZMTP is seen.</summary>
    public bool SeesZmtp { get; set; } = true;

    public List<AfterProbe> Ends { get; } = [];

    public int Pings { get; private set; }

    public int Besides { get; private set; }

    /// <summary>How often a connection beside was given up.</summary>
    public int Dropped { get; private set; }

    public int Subscribed { get; private set; }

    public ImmutableArray<ImmutableArray<byte>> Topics { get; private set; }

    public PeerInfo? Peer { get; set; }

    public bool? IsAcknowledged { get; set; }

    public bool WasLostToPing { get; set; }

    public bool HasGreeted => false;

    public ConnectionTimings Timings => default;

    public IMessageLink CreateLink(LinkOptions options, ILinkObserver observer) =>
        throw new NotSupportedException();

    public ISubscriptionLink CreateSubscription(LinkOptions options, ISubscriptionObserver observer)
    {
        _observer = observer;
        Topics = options.Topics;
        return this;
    }

    public void Connect(SubscriptionCause cause = SubscriptionCause.Connected)
    {
        _isConnected = true;
        _failure = null;
        IsDead = false;
        WasLostToPing = false;
        Subscribed++;
        _opened = Timestamp.Now(time);
        _observer!.OnSubscribed(Timestamp.Now(time), cause);
        Welcome?.Invoke();
    }

    /// <summary>From now on the link renews its connection at the end of a probe, once it is so old and may be renewed.</summary>
    public void RenewAt(TimeSpan age, SubscriptionCause cause)
    {
        _maxAge = age;
        _ageCause = cause;
    }

    public void Lose(ZmtpError error)
    {
        _isConnected = false;
        _failure = error;
        Error = error;
    }

    /// <summary>The peer closes the connection, and takes the next one.</summary>
    public void Close()
    {
        _isConnected = false;
        _failure = new ZmtpError(ZmtpErrorCode.Disconnected, "the peer closed it");
    }

    /// <summary>Sends a message, as long as there is a connection for it.</summary>
    public void Publish(params ReadOnlySpan<string> frames)
    {
        if (!_isConnected || IsDead)
        {
            return;
        }

        for (var i = 0; i < frames.Length; i++)
        {
            _observer!.OnFrame(i, Encoding.UTF8.GetBytes(frames[i]), frames[i].Length, i == frames.Length - 1);
        }

        _observer!.OnFramesRead(Timestamp.Now(time));
    }

    /// <summary>Lets something happen in a while.</summary>
    public void After(TimeSpan delay, Action action) => _schedule.Enqueue(action, Timestamp.Now(time) + delay);

    /// <summary>Publishes in a while, and from then on again and again.</summary>
    public void PublishAfter(TimeSpan delay, TimeSpan period) => After(delay, () =>
    {
        Publish("tick");
        PublishAfter(period, period);
    });

    /// <summary>Lets time pass between probes.</summary>
    public void Pass(TimeSpan duration) => MoveTo(Timestamp.Now(time) + duration);

    public ValueTask<LinkOutcome> OpenAsync(Timestamp deadline)
    {
        Pass(OpenTakes);
        if (_isConnected)
        {
            return Outcome(LinkOutcomeKind.Opened);
        }

        if (Error is null)
        {
            Connect();
        }

        return Error is null ? Outcome(LinkOutcomeKind.Opened) : Outcome(LinkOutcomeKind.Failed, Error);
    }

    public bool SendPing()
    {
        if (!CanPing)
        {
            return false;
        }

        Pings++;
        if (AtPing is not null)
        {
            AtPing();
        }
        else if (AnswersPing && !IsDead)
        {
            After(PongTakes, () => _outcomes.Enqueue(new LinkOutcome(LinkOutcomeKind.Pong, Timestamp.Now(time))));
        }

        return true;
    }

    public bool OpenBeside(Timestamp deadline)
    {
        if (Beside is null)
        {
            return false;
        }

        Besides++;
        var takes = TimeSpan.Min(BesideTakes, deadline - Timestamp.Now(time));
        After(takes, () =>
        {
            var error = Beside();
            _isBesideOpen = error is null;
            _outcomes.Enqueue(new LinkOutcome(error is null ? LinkOutcomeKind.BesideOpened : LinkOutcomeKind.BesideFailed, Timestamp.Now(time), Error: error));
        });
        return true;
    }

    public bool TakeBeside()
    {
        Assert.True(_isBesideOpen);
        _isBesideOpen = false;
        Connect(SubscriptionCause.Renewed);
        return true;
    }

    public void DropBeside()
    {
        Dropped++;
        _isBesideOpen = false;
    }

    public ValueTask<LinkOutcome> ReceiveAsync(Timestamp until)
    {
        if (_failure is not null)
        {
            return Outcome(LinkOutcomeKind.Failed, _failure);
        }

        if (DuringWait is { } @event)
        {
            DuringWait = null;
            @event();
            return _failure is null ? Outcome(LinkOutcomeKind.Message) : Outcome(LinkOutcomeKind.Failed, _failure);
        }

        while (_outcomes.Count == 0)
        {
            if (!_schedule.TryPeek(out _, out var next) || next > until)
            {
                MoveTo(until);
                return Outcome(LinkOutcomeKind.TimedOut);
            }

            MoveTo(next);
            if (_outcomes.Count == 0)
            {
                return _failure is null ? Outcome(LinkOutcomeKind.Message) : Outcome(LinkOutcomeKind.Failed, _failure);
            }
        }

        return ValueTask.FromResult(_outcomes.Dequeue());
    }

    public void Send(ZmtpMessage message) => throw new NotSupportedException();

    public void EndProbe(AfterProbe next)
    {
        Ends.Add(next);
        _outcomes.Clear();
        _isConnected &= next is AfterProbe.Keep or AfterProbe.KeepUnanswered;
        if (next == AfterProbe.Keep && _opened.Elapsed(time) >= _maxAge)
        {
            Connect(_ageCause);
        }
    }

    public void Dispose()
    {
    }

    private void MoveTo(Timestamp timestamp)
    {
        while (_schedule.TryPeek(out var action, out var next) && next <= timestamp)
        {
            _schedule.Dequeue();
            Advance(next);
            action();
        }

        Advance(timestamp);
    }

    private void Advance(Timestamp timestamp) => time.Advance(TimeSpan.Max(TimeSpan.Zero, timestamp - Timestamp.Now(time)));

    private ValueTask<LinkOutcome> Outcome(LinkOutcomeKind kind, ZmtpError? error = null) =>
        ValueTask.FromResult(new LinkOutcome(kind, Timestamp.Now(time), Error: error));
}
