using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Probing;

public sealed class FeedClockTests
{
    private static readonly TimeSpan Unit = TimeSpan.FromSeconds(0.1); // of all numbers

    // max_silence 10 s = 100, grace 20 s = 200, burst 2 s = 20
    private readonly FeedClock _clock = Create(TimeSpan.FromSeconds(10));

    [Fact]
    public void OnMessages_OnTheFirstConnection_AreSigns()
    {
        _clock.OnSubscribed(T(1000), SubscriptionCause.Connected);
        Assert.Equal((FeedState.Waiting, FeedState.Silent), (At(T(1199)), At(T(1200))));

        Assert.True(_clock.OnMessages(T(1001), 1));
        Assert.Equal((FeedState.Fresh, FeedState.Silent), (At(T(1101)), At(T(1102))));
    }

    [Fact]
    public void OnSubscribed_TheServerWasGone_ItsMessagesAreSignsAndItHasItsGrace()
    {
        Feed(T(1000));
        _clock.OnVerdict(isSilent: true);
        _clock.OnGone();
        _clock.OnSubscribed(T(2000), SubscriptionCause.Renewed);

        Assert.Equal(FeedState.Waiting, At(T(2199)));
        Assert.True(_clock.OnMessages(T(2001), 1));
    }

    [Theory]
    [InlineData(SubscriptionCause.Renewed)]
    [InlineData(SubscriptionCause.Replaced)]
    internal void OnMessages_RightAfterARenewalOfOurs_AreNoSigns(SubscriptionCause cause)
    {
        Feed(T(1000));
        _clock.OnSubscribed(T(1010), cause);
        Assert.False(_clock.OnMessages(T(1029), 1));
        Assert.True(_clock.OnMessages(T(1030), 1));
    }

    // max_silence runs out while a renewal's old connection, which is dead, still counts.
    [Fact]
    public void OnAhead_FeedWasFreshWhenTheNewConnectionOpened_IsNotSilentBeforeThatOneHadItsTime()
    {
        Feed(T(1000));
        _clock.OnAhead(opened: T(1099));
        Assert.Equal((FeedState.Reprieved, FeedState.Silent), (At(T(1101)), At(T(1219))));
        Assert.Equal(T(1000), _clock.Times.LastSign); // it may be a cached value
    }

    [Fact]
    public void OnAhead_FeedWasSilent_IsSilentAllTheSame()
    {
        Feed(T(1000));
        _clock.OnVerdict(isSilent: true);
        _clock.OnAhead(opened: T(1200));
        Assert.Equal(FeedState.Silent, At(T(1201)));
    }

    [Fact]
    public void OnSubscribed_ThePeerEndedTheLastConnection_ItsMessagesAreSignsAndItHasItsGraceOnce()
    {
        Feed(T(1000));
        _clock.OnSubscribed(T(1500), SubscriptionCause.Connected);
        _clock.OnSubscribed(T(1600), SubscriptionCause.Connected);

        Assert.Equal((FeedState.Waiting, FeedState.Silent), (At(T(1699)), At(T(1700))));
        Assert.True(_clock.OnMessages(T(1601), 1));
    }

    [Fact]
    public void OnMessages_RightAfterAConnectionInTheMiddleOfASilence_AreNoSigns()
    {
        Feed(T(1000));
        _clock.OnVerdict(isSilent: true);
        _clock.OnSubscribed(T(2000), SubscriptionCause.Connected);

        Assert.False(_clock.OnMessages(T(2000), 3));
        Assert.False(_clock.OnMessages(T(2019), 1));
        Assert.Equal((4L, T(1000), T(2019)), (_clock.Times.InBurst, _clock.Times.LastSign, _clock.Times.LastMessage));
        Assert.True(_clock.OnMessages(T(2020), 1));
        Assert.Equal((FeedState.Fresh, 0), (At(T(2120)), _clock.Times.InBurst));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(10, 20)]
    [InlineData(7200, 20)]
    public void OnSubscribed_Renewed_BurstIsHalfOfTheSilenceAndTwoSecondsAtMost(int maxSilence, long expected)
    {
        var clock = Create(TimeSpan.FromSeconds(maxSilence));
        clock.OnSubscribed(T(1000), SubscriptionCause.Connected);
        clock.OnMessages(T(1001), 1);
        clock.OnSubscribed(T(1002), SubscriptionCause.Renewed);

        Assert.Equal(expected * Unit, clock.Times.BurstEnd - T(1002));
    }

    [Fact]
    public void OnSubscribed_RenewedWhileFresh_IsSparedForASilenceAfterTheBurst()
    {
        Feed(T(1000));
        _clock.OnSubscribed(T(1090), SubscriptionCause.Renewed);
        Assert.False(_clock.OnMessages(T(1091), 1));

        Assert.Equal((FeedState.Fresh, FeedState.Reprieved), (At(T(1100)), At(T(1101))));
        Assert.Equal((FeedState.Reprieved, FeedState.Silent), (At(T(1209)), At(T(1210)))); // the burst and a silence
    }

    [Fact]
    public void OnSubscribed_RenewedDuringTheGrace_IsSparedForASilenceAfterTheBurst()
    {
        _clock.OnSubscribed(T(1000), SubscriptionCause.Connected);
        _clock.OnSubscribed(T(1190), SubscriptionCause.Renewed);

        Assert.Equal((FeedState.Waiting, FeedState.Reprieved, FeedState.Silent), (At(T(1199)), At(T(1200)), At(T(1310))));
    }

    [Fact]
    public void OnSubscribed_RenewedWhileSilent_IsNotSpared()
    {
        Feed(T(1000));
        _clock.OnVerdict(isSilent: true);
        _clock.OnSubscribed(T(2000), SubscriptionCause.Renewed);

        Assert.Equal(FeedState.Silent, At(T(2001)));
    }

    [Fact]
    public void OnSubscribed_RenewedByAgeInASilenceThatNobodyHasSeenYet_IsNotSpared()
    {
        Feed(T(1000));
        _clock.OnSubscribed(T(1101), SubscriptionCause.Renewed);

        Assert.Equal(FeedState.Silent, At(T(1102)));
    }

    // Our worker process ends again and again: nobody has seen the feed meanwhile.
    [Fact]
    public void OnSubscribed_AgainAndAgainAfterFailuresOfOurOwn_IsNoSilenceOfTheFeed()
    {
        Feed(T(1000));
        for (var i = 1; i <= 10; i++)
        {
            _clock.OnSubscribed(T(1000 + (90 * i)), SubscriptionCause.Restored);
            Assert.NotEqual(FeedState.Silent, At(T(1000 + (90 * i) + 89)));
        }

        Assert.Equal((FeedState.Reprieved, FeedState.Silent), (At(T(2019)), At(T(2020))));
    }

    [Fact]
    public void OnSubscribed_AFailureOfOurOwnInASilenceThatWasSeen_LeavesTheFeedItsTime()
    {
        Feed(T(1000));
        _clock.OnVerdict(isSilent: true);
        _clock.OnSubscribed(T(1200), SubscriptionCause.Restored);

        Assert.Equal((FeedState.Reprieved, FeedState.Silent), (At(T(1319)), At(T(1320))));
        Assert.False(_clock.OnMessages(T(1219), 1)); // it may be a cached value
    }

    [Fact]
    public void OnSubscribed_TheOldOneWasDead_IsSparedHoweverOften()
    {
        Feed(T(1000));
        for (var timestamp = 1150; timestamp < 2000; timestamp += 150)
        {
            _clock.OnRenewing(wasDead: true); // by a probe, whatever the link takes it for
            _clock.OnSubscribed(T(timestamp), SubscriptionCause.Connected);
            Assert.Equal((FeedState.Reprieved, FeedState.Silent), (At(T(timestamp + 119)), At(T(timestamp + 120))));
        }
    }

    [Fact]
    public void OnSubscribed_TheOldOneWasDeadInASilenceThatWasSeen_IsNotSpared()
    {
        Feed(T(1000));
        _clock.OnVerdict(isSilent: true);
        _clock.OnRenewing(wasDead: true);
        _clock.OnSubscribed(T(2000), SubscriptionCause.Connected);

        Assert.Equal(FeedState.Silent, At(T(2001)));
    }

    [Fact]
    public void OnMessages_NumbersThatAdvanceRightAfterARenewal_AreSigns()
    {
        Feed(T(1000));
        _clock.OnVerdict(isSilent: true);
        _clock.OnSubscribed(T(2000), SubscriptionCause.Renewed);

        Assert.False(_clock.OnMessages(T(2001), 1));
        Assert.True(_clock.OnMessages(T(2002), 1, hasAdvanced: true));
        Assert.Equal((FeedState.Fresh, 0), (At(T(2102)), _clock.Times.InBurst));
    }

    [Fact]
    public void OnSubscribed_TheOldOneMayHaveBeenDead_IsSparedOnceInASilence()
    {
        Feed(T(1000));
        Doubt(T(1150));
        Assert.False(_clock.OnMessages(T(1151), 1)); // a cached value for all that anybody knows
        Assert.Equal((FeedState.Reprieved, FeedState.Silent), (At(T(1269)), At(T(1270))));
        Doubt(T(1300));
        Assert.Equal(FeedState.Silent, At(T(1301)));
        Assert.True(_clock.OnMessages(T(1320), 1));
        Doubt(T(1500));
        Assert.Equal(FeedState.Reprieved, At(T(1501)));

        void Doubt(Timestamp timestamp)
        {
            _clock.OnVerdict(isSilent: true);
            _clock.OnDoubted();
            _clock.OnSubscribed(timestamp, SubscriptionCause.Renewed);
        }
    }

    [Fact]
    public void MayRenew_OnlyAfterASignOnTheConnectionOrTheTimeForOne()
    {
        Assert.False(_clock.MayRenew(T(999)));
        Feed(T(1000));
        Assert.True(_clock.MayRenew(T(1001)));
        _clock.OnSubscribed(T(1010), SubscriptionCause.Renewed);
        _clock.OnMessages(T(1011), 1);
        Assert.Equal((false, true), (_clock.MayRenew(T(1129)), _clock.MayRenew(T(1130))));
        _clock.OnMessages(T(1030), 1);
        Assert.True(_clock.MayRenew(T(1031)));
    }

    private static Timestamp T(long units) => Timestamp.None + (units * Unit);

    private static FeedClock Create(TimeSpan maxSilence) =>
        new(new SubscribeProberConfig([[]], maxSilence, TimeSpan.FromSeconds(20), []));

    private FeedState At(Timestamp timestamp) => _clock.Times.At(timestamp);

    private void Feed(Timestamp timestamp)
    {
        _clock.OnSubscribed(timestamp - Unit, SubscriptionCause.Connected);
        _clock.OnMessages(timestamp, 1);
    }
}
