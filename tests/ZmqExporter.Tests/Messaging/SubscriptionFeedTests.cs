using System.Globalization;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

/// <summary>The messages of a subscription across its connections, which are plain names here.</summary>
public sealed partial class SubscriptionFeedTests : IDisposable, ISubscriptionObserver
{
    private const string Old = "old";
    private const string New = "new";

    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly SubscriptionFeed<string> _feed;
    private readonly List<string> _messages = [];
    private readonly List<SubscriptionCause> _causes = [];
    private readonly List<string> _closed = [];
    private readonly List<string> _finished = [];
    private readonly List<Timestamp> _aheads = [];
    private Action? _held; // what runs once a connection has been read
    private bool _isHeld;
    private string[] _unread = ["t1"]; // and is found then
    private string _message = "";
    private int _reads;

    public SubscriptionFeedTests()
    {
        _timers = new TimerQueue(_time);
        _feed = Feed();
        _feed.Begin(Old, _timers.Now);
    }

    public void Dispose() => _timers.Dispose();

    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        // There are no connections.
    }

    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
        // They come by frame.
    }

    void ISubscriptionObserver.OnSubscribed(Timestamp timestamp, SubscriptionCause cause)
    {
        _message = "";
        _causes.Add(cause);
    }

    void ISubscriptionObserver.OnAhead(Timestamp opened) => _aheads.Add(opened);

    int ISubscriptionObserver.KeptLength(int number) => 0;

    void ISubscriptionObserver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        Assert.Equal(number == 0, _message.Length == 0); // no part of a message without its beginning
        _message += Encoding.UTF8.GetString(head);
        if (isLast)
        {
            _messages.Add(_message);
            _message = "";
        }
    }

    void ISubscriptionObserver.OnFramesRead(Timestamp timestamp) => _reads++;

    [Fact]
    public void OnFrame_NewConnectionIsAhead_TheOldOneCountsUntilItHasBroughtTheSame()
    {
        Give(Old, "t1");
        Assert.True(_feed.Begin(New, _timers.Now, Old));

        Give(New, "t3"); // the old one has not brought t2, and nobody can know
        Give(Old, "t2");
        Assert.Equal([SubscriptionCause.Connected], _causes);
        Give(Old, "t3");

        Give(New, "t4");
        Assert.Equal(["t1", "t2", "t3", "t4"], _messages);
        Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Replaced], _causes);
        Assert.Equal([Old], _closed);
        Assert.Equal(0, _timers.Count);

        _feed.Begin("third", _timers.Now); // the loss was not that of the new one
        Assert.Equal(SubscriptionCause.Renewed, _causes[^1]);
    }

    [Fact]
    public void OnFrame_OldConnectionIsAhead_WhatItHasBroughtDoesNotCountAgain()
    {
        _feed.Begin(New, _timers.Now, Old);
        Give(Old, "t1", "t2", "t3");

        Give(New, "t1", "t2", "t3", "t4");

        Assert.Equal(["t1", "t2", "t3", "t4"], _messages);
        Assert.Equal([Old], _closed);
    }

    // What a publisher greets a new subscriber with, or keeps for it, is none of the feed.
    [Fact]
    public void OnFrame_MessageForNewSubscribersOnly_DoesNotCount()
    {
        Give(Old, "t1");
        _feed.Begin(New, _timers.Now, Old);

        Give(New, "twelcome", "t1", "other");
        Give(Old, "t2");
        Give(New, "t2", "t3");

        Assert.Equal(["t1", "t2", "t3"], _messages);
    }

    [Fact]
    public void OnLost_OldConnection_TheNewOneGoesOn()
    {
        _feed.Begin(New, _timers.Now, Old);
        Give(Old, "t1");

        _feed.OnLost(Old);

        Give(New, "t2");
        Assert.Equal(["t1", "t2"], _messages);
        Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Replaced], _causes);
        Assert.Equal([Old], _closed);
        Assert.Equal(0, _timers.Count);
    }

    [Fact]
    public void OnLost_NewConnection_TheOldOneGoesOnUntilAnotherTakesItsPlace()
    {
        _feed.Begin(New, _timers.Now, Old);
        Give(Old, "t1");

        _feed.OnLost(New);
        Assert.Equal((Old, 0, 0), (_feed.Newest, _closed.Count, _timers.Count));
        Give(Old, "t2");

        Assert.True(_feed.Begin("third", _timers.Now));
        Give("third", "t3");
        Give(Old, "t3");
        Give("third", "t4");
        Assert.Equal(["t1", "t2", "t3", "t4"], _messages);
        Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Replaced], _causes);
        Assert.Equal([Old], _closed);
    }

    [Fact]
    public void OnLost_BothConnections_TheNextOneIsThePeersDoing()
    {
        _feed.Begin(New, _timers.Now, Old);
        _feed.OnLost(New);
        _feed.OnLost(Old);

        Assert.False(_feed.Begin("third", _timers.Now));
        Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Connected], _causes);
    }

    [Fact]
    public void EndOverlap_NewConnectionWasLost_OldOneIsClosed()
    {
        _feed.Begin(New, _timers.Now, Old);
        _feed.OnLost(New);

        _feed.EndOverlap();

        Assert.Equal([Old], _closed);
        Assert.False(_feed.Begin("third", _timers.Now));
        Assert.Equal(SubscriptionCause.Renewed, _causes[^1]);
    }

    [Fact]
    public void OverlapTimer_FeedIsSilent_OldConnectionIsReadOnceMoreAndClosed()
    {
        _feed.Begin(New, _timers.Now, Old);

        _time.Advance(Overlap);

        Eventually.True(() => _closed.Count > 0);
        Assert.Equal([Old], _finished);
        Assert.Equal(["t1"], _messages); // what Finish brought
        Give(New, "t2");
        Assert.Equal(["t1", "t2"], _messages);
    }

    [Fact]
    public void Begin_ConnectionThatWeGaveUp_IsRenewedAndOneThatWasLostIsNot()
    {
        _feed.OnLost(Old, SubscriptionCause.Renewed);
        _feed.Begin("second", _timers.Now);
        _feed.OnLost("second");
        _feed.Begin("third", _timers.Now);

        Assert.Equal([SubscriptionCause.Connected, SubscriptionCause.Renewed, SubscriptionCause.Connected], _causes);
    }

    [Theory]
    [InlineData(ZmtpErrorCode.Local, SubscriptionCause.Restored)]
    [InlineData(ZmtpErrorCode.Disconnected, SubscriptionCause.Connected)]
    internal void AfterLossBy_AFailureOfOurOwn_IsNotOneOfThePeers(ZmtpErrorCode code, SubscriptionCause cause)
    {
        _feed.OnLost(Old, SubscriptionFeed<string>.AfterLossBy(new ZmtpError(code, "lost")));
        _feed.Begin("second", _timers.Now);

        Assert.Equal(cause, _causes[^1]);
    }

    // Whatever each connection brings when, frame by frame: a publisher sends the same to both from some message on.
    [Fact]
    public void OnFrame_AnyInterleaving_EachMessageCountsOnceAndInOrder() => Gen.Select(
        Gen.Int[1, 3].Array[2, 20], Gen.Int[0, 20], Gen.Bool.Array[0, 60]).Sample((frames, start, turns) =>
        {
            using var test = new SubscriptionFeedTests();
            var first = Math.Min(start, frames.Length - 2);
            test._feed.Begin(New, test._timers.Now, Old);
            var (old, young) = (Frames(frames, 0), Frames(frames, first));
            foreach (var turn in turns)
            {
                test.GiveFrame(turn ? Old : New, turn ? old : young);
            }

            while (old.Count > 0 || young.Count > 0)
            {
                test.GiveFrame(Old, old);
                test.GiveFrame(New, young);
            }

            Assert.Equal(Enumerable.Range(0, frames.Length).Select(number => string.Concat(Enumerable.Repeat($"t{number} ", frames[number]))), test._messages, StringComparer.Ordinal);
            Assert.Equal([Old], test._closed);
            Assert.True(test._reads > 0);
        });

    private static Queue<(int Number, string Text, bool IsLast)> Frames(int[] counts, int first) => new(
        counts.Select((count, message) => (count, message)).Skip(first).SelectMany(of => Enumerable.Range(0, of.count).Select(
            number => (number, string.Create(CultureInfo.InvariantCulture, $"t{of.message} "), number == of.count - 1))));

    private SubscriptionFeed<string> Feed() => new(
        new LinkOptions
        {
            Name = "test",
            Endpoint = ZmtpEndpoint.Incoming("test"),
            SocketType = SocketType.Sub,
            Topics = [[(byte)'t']],
            AttemptTimeout = Overlap,
        },
        this,
        _timers,
        (connection, then) =>
        {
            _finished.Add(connection);
            Give(connection, _unread);
            if (_isHeld)
            {
                Volatile.Write(ref _held, then);
            }
            else
            {
                then();
            }
        },
        _closed.Add);

    private void GiveFrame(string connection, Queue<(int Number, string Text, bool IsLast)> frames)
    {
        if (frames.TryDequeue(out var frame))
        {
            var bytes = Encoding.UTF8.GetBytes(frame.Text);
            _feed.OnFrame(connection, frame.Number, bytes, bytes.Length, frame.IsLast);
            _feed.OnFramesRead(connection, _timers.Now);
        }
    }

    private void Give(string connection, params string[] messages)
    {
        foreach (var message in messages)
        {
            var bytes = Encoding.UTF8.GetBytes(message);
            _feed.OnFrame(connection, 0, bytes, bytes.Length, isLast: true);
        }

        _feed.OnFramesRead(connection, _timers.Now);
    }
}
