using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Probing;

public sealed class FeedClockTests
{
    private const long Second = 10;

    // max_silence 10 s = 100, grace 20 s = 200, burst 2 s = 20
    private readonly FeedClock _clock = Create(TimeSpan.FromSeconds(10));

    [Fact]
    public void OnMessages_OnTheFirstConnection_AreSigns()
    {
        _clock.OnSubscribed(1000, SubscriptionCause.Connected);
        Assert.Equal((FeedState.Waiting, FeedState.Silent), (At(1199), At(1200)));

        Assert.True(_clock.OnMessages(1001, 1));
        Assert.Equal((FeedState.Fresh, FeedState.Silent), (At(1101), At(1102)));
    }

    [Fact]
    public void OnSubscribed_TheServerWasGone_ItsMessagesAreSignsAndItHasItsGrace()
    {
        Feed(1000);
        _clock.OnVerdict(isSilent: true);
        _clock.OnGone();
        _clock.OnSubscribed(2000, SubscriptionCause.Renewed);

        Assert.Equal(FeedState.Waiting, At(2199));
        Assert.True(_clock.OnMessages(2001, 1));
    }

    [Theory]
    [InlineData(SubscriptionCause.Renewed)]
    [InlineData(SubscriptionCause.Replaced)]
    internal void OnMessages_RightAfterARenewalOfOurs_AreNoSigns(SubscriptionCause cause)
    {
        Feed(1000);
        _clock.OnSubscribed(1010, cause);
        Assert.False(_clock.OnMessages(1029, 1));
        Assert.True(_clock.OnMessages(1030, 1));
    }

    [Fact]
    public void OnSubscribed_ThePeerEndedTheLastConnection_ItsMessagesAreSignsAndItHasItsGraceOnce()
    {
        Feed(1000);
        _clock.OnSubscribed(1500, SubscriptionCause.Connected);
        _clock.OnSubscribed(1600, SubscriptionCause.Connected);

        Assert.Equal((FeedState.Waiting, FeedState.Silent), (At(1699), At(1700)));
        Assert.True(_clock.OnMessages(1601, 1));
    }

    [Fact]
    public void OnMessages_RightAfterAConnectionInTheMiddleOfASilence_AreNoSigns()
    {
        Feed(1000);
        _clock.OnVerdict(isSilent: true);
        _clock.OnSubscribed(2000, SubscriptionCause.Connected);

        Assert.False(_clock.OnMessages(2000, 3));
        Assert.False(_clock.OnMessages(2019, 1));
        Assert.Equal((4, 1000, 2019), (_clock.Times.InBurst, _clock.Times.LastSign, _clock.Times.LastMessage));
        Assert.True(_clock.OnMessages(2020, 1));
        Assert.Equal((FeedState.Fresh, 0), (At(2120), _clock.Times.InBurst));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(10, 20)]
    [InlineData(7200, 20)]
    public void OnSubscribed_Renewed_BurstIsHalfOfTheSilenceAndTwoSecondsAtMost(int maxSilence, long expected)
    {
        var clock = Create(TimeSpan.FromSeconds(maxSilence));
        clock.OnSubscribed(1000, SubscriptionCause.Connected);
        clock.OnMessages(1001, 1);
        clock.OnSubscribed(1002, SubscriptionCause.Renewed);

        Assert.Equal(expected, clock.Times.BurstEnd - 1002);
    }

    [Fact]
    public void OnSubscribed_RenewedWhileFresh_IsSparedForASilenceAfterTheBurst()
    {
        Feed(1000);
        _clock.OnSubscribed(1090, SubscriptionCause.Renewed);
        Assert.False(_clock.OnMessages(1091, 1));

        Assert.Equal((FeedState.Fresh, FeedState.Reprieved), (At(1100), At(1101)));
        Assert.Equal((FeedState.Reprieved, FeedState.Silent), (At(1209), At(1210))); // the burst and a silence
    }

    [Fact]
    public void OnSubscribed_RenewedDuringTheGrace_IsSparedForASilenceAfterTheBurst()
    {
        _clock.OnSubscribed(1000, SubscriptionCause.Connected);
        _clock.OnSubscribed(1190, SubscriptionCause.Renewed);

        Assert.Equal((FeedState.Waiting, FeedState.Reprieved, FeedState.Silent), (At(1199), At(1200), At(1310)));
    }

    [Fact]
    public void OnSubscribed_RenewedWhileSilent_IsNotSpared()
    {
        Feed(1000);
        _clock.OnVerdict(isSilent: true);
        _clock.OnSubscribed(2000, SubscriptionCause.Renewed);

        Assert.Equal(FeedState.Silent, At(2001));
    }

    [Fact]
    public void OnSubscribed_RenewedByAgeInASilenceThatNobodyHasSeenYet_IsNotSpared()
    {
        Feed(1000);
        _clock.OnSubscribed(1101, SubscriptionCause.Renewed);

        Assert.Equal(FeedState.Silent, At(1102));
    }

    [Fact]
    public void OnSubscribed_TheOldOneWasDead_IsSparedHoweverOften()
    {
        Feed(1000);
        for (var timestamp = 1150; timestamp < 2000; timestamp += 150)
        {
            _clock.OnRenewing(wasDead: true); // by a probe, whatever the link takes it for
            _clock.OnSubscribed(timestamp, SubscriptionCause.Connected);
            Assert.Equal((FeedState.Reprieved, FeedState.Silent), (At(timestamp + 119), At(timestamp + 120)));
        }
    }

    [Fact]
    public void OnSubscribed_TheOldOneWasDeadInASilenceThatWasSeen_IsNotSpared()
    {
        Feed(1000);
        _clock.OnVerdict(isSilent: true);
        _clock.OnRenewing(wasDead: true);
        _clock.OnSubscribed(2000, SubscriptionCause.Connected);

        Assert.Equal(FeedState.Silent, At(2001));
    }

    [Fact]
    public void OnMessages_NumbersThatAdvanceRightAfterARenewal_AreSigns()
    {
        Feed(1000);
        _clock.OnVerdict(isSilent: true);
        _clock.OnSubscribed(2000, SubscriptionCause.Renewed);

        Assert.False(_clock.OnMessages(2001, 1));
        Assert.True(_clock.OnMessages(2002, 1, hasAdvanced: true));
        Assert.Equal((FeedState.Fresh, 0), (At(2102), _clock.Times.InBurst));
    }

    [Fact]
    public void OnSubscribed_TheOldOneMayHaveBeenDead_IsSparedOnceInASilence()
    {
        Feed(1000);
        Doubt(1150);
        Assert.False(_clock.OnMessages(1151, 1)); // a cached value for all that anybody knows
        Assert.Equal((FeedState.Reprieved, FeedState.Silent), (At(1269), At(1270)));
        Doubt(1300);
        Assert.Equal(FeedState.Silent, At(1301));
        Assert.True(_clock.OnMessages(1320, 1));
        Doubt(1500);
        Assert.Equal(FeedState.Reprieved, At(1501));

        void Doubt(long timestamp)
        {
            _clock.OnVerdict(isSilent: true);
            _clock.OnDoubted();
            _clock.OnSubscribed(timestamp, SubscriptionCause.Renewed);
        }
    }

    [Fact]
    public void MayRenew_OnlyAfterASignOnTheConnectionOrTheTimeForOne()
    {
        Assert.False(_clock.MayRenew(999));
        Feed(1000);
        Assert.True(_clock.MayRenew(1001));
        _clock.OnSubscribed(1010, SubscriptionCause.Renewed);
        _clock.OnMessages(1011, 1);
        Assert.Equal((false, true), (_clock.MayRenew(1129), _clock.MayRenew(1130)));
        _clock.OnMessages(1030, 1);
        Assert.True(_clock.MayRenew(1031));
    }

    private static FeedClock Create(TimeSpan maxSilence) =>
        new(new SubscribeProberConfig([[]], maxSilence, TimeSpan.FromSeconds(20), []), Second);

    private FeedState At(long timestamp) => _clock.Times.At(timestamp);

    private void Feed(long timestamp)
    {
        _clock.OnSubscribed(timestamp - 1, SubscriptionCause.Connected);
        _clock.OnMessages(timestamp, 1);
    }
}
