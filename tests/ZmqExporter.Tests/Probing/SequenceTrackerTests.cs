using System.Globalization;
using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Probing;

public sealed class SequenceTrackerTests
{
    [Theory]
    [InlineData(5UL, 6UL, SequenceStepKind.Next, 0)]
    [InlineData(5UL, 9UL, SequenceStepKind.Next, 3)]
    [InlineData(5UL, 5UL, SequenceStepKind.Repeat, 0)]
    [InlineData(500UL, 499UL, SequenceStepKind.Repeat, 0)]
    [InlineData(500UL, 436UL, SequenceStepKind.Repeat, 0)]
    [InlineData(500UL, 435UL, SequenceStepKind.Reset, 0)]
    [InlineData(2UL, 0UL, SequenceStepKind.Reset, 0)]
    [InlineData(2UL, 1UL, SequenceStepKind.Reset, 0)]
    [InlineData(3_000_000_000UL, 0UL, SequenceStepKind.Reset, 0)]
    [InlineData(uint.MaxValue, 0UL, SequenceStepKind.Next, 0)]
    [InlineData(uint.MaxValue, 1UL, SequenceStepKind.Next, 1)]
    [InlineData(uint.MaxValue - 2UL, 3UL, SequenceStepKind.Next, 5)]
    [InlineData(1UL, (ulong)uint.MaxValue, SequenceStepKind.Repeat, 0)] // from before the wrap-around
    [InlineData(10UL, 3_000_000_000UL, SequenceStepKind.Reset, 0)]
    [InlineData(5UL, 5UL + (1UL << 31), SequenceStepKind.Next, (1L << 31) - 1)]
    [InlineData(5UL, 6UL + (1UL << 31), SequenceStepKind.Reset, 0)]
    [InlineData(uint.MaxValue, (1UL << 20) - 1, SequenceStepKind.Next, (1L << 20) - 1)]
    [InlineData(uint.MaxValue, 1UL << 20, SequenceStepKind.Reset, 0)]
    [InlineData(uint.MaxValue - 9UL, (1UL << 20) - 10, SequenceStepKind.Next, (1L << 20) - 1)]
    [InlineData(uint.MaxValue - 9UL, (1UL << 20) - 9, SequenceStepKind.Reset, 0)]
    internal void Between_UInt32_Judges(ulong last, ulong next, SequenceStepKind kind, long lost) =>
        Assert.Equal(new SequenceStep(kind, lost), SequenceStep.Between(last, next, uint.MaxValue, hasPassedZero: false, isReconnected: false));

    [Theory]
    [InlineData(500UL, 499UL, SequenceStepKind.Reset, 0)] // a new connection brings nothing old
    [InlineData(500UL, 500UL, SequenceStepKind.Repeat, 0)]
    [InlineData(500UL, 510UL, SequenceStepKind.Next, 9)]
    internal void Between_AfterAReconnect_JudgesStepsBackAsRestarts(ulong last, ulong next, SequenceStepKind kind, long lost) =>
        Assert.Equal(new SequenceStep(kind, lost), SequenceStep.Between(last, next, uint.MaxValue, hasPassedZero: false, isReconnected: true));

    [Theory]
    [InlineData(5UL, 5UL + (1UL << 40), SequenceStepKind.Next, (1L << 40) - 1)]
    [InlineData(5UL, 6UL + (1UL << 40), SequenceStepKind.Reset, 0)]
    [InlineData(ulong.MaxValue, (1UL << 20) - 1, SequenceStepKind.Next, (1L << 20) - 1)]
    [InlineData(ulong.MaxValue, 1UL << 20, SequenceStepKind.Reset, 0)]
    internal void Between_UInt64_JudgesToTheDocumentedLimits(ulong last, ulong next, SequenceStepKind kind, long lost) =>
        Assert.Equal(new SequenceStep(kind, lost), SequenceStep.Between(last, next, ulong.MaxValue, hasPassedZero: false, isReconnected: false));

    [Theory]
    [InlineData("0 1 2 1 3", 0, 0)] // who begins with 0 does not begin again with 1
    [InlineData("0 2 1 3 4", 1, 0)]
    [InlineData("0 1 2 0 1 2", 0, 1)]
    [InlineData("1 2 3 1 2", 0, 1)]
    [InlineData("50 51 1 2 3", 0, 1)]
    [InlineData("50 51 52 2 3", 0, 0)]
    [InlineData("1 2 0 1", 0, 1)]
    [InlineData("1 2 0 1 2 1 3", 0, 1)]
    [InlineData("10 11 0 3", 2, 1)]
    [InlineData("0 100 1 2", 99, 1)] // more than 64 below
    [InlineData("0 100 1 2 1 2", 99, 2)] // and from then on it begins with 1
    [InlineData("4294967295 0 1 2 1 3", 0, 0)]
    [InlineData("4294967295 1 2 1 3", 1, 0)]
    public void Track_SmallNumbers_AreRestartsOrRepeatsAsDocumented(string numbers, long lost, long resets)
    {
        var tracker = new SequenceTracker(uint.MaxValue);
        foreach (var number in numbers.Split(' '))
        {
            tracker.Track("t"u8, ulong.Parse(number, CultureInfo.InvariantCulture));
        }

        Assert.Equal(new SequenceCounts(lost, 0, resets, 0), tracker.Counts);
    }

    [Fact]
    public void Track_OneAfterAReconnect_IsARestartWhateverTheFirstNumber()
    {
        var tracker = new SequenceTracker(uint.MaxValue);
        tracker.Track("t"u8, 0);
        tracker.Track("t"u8, 2);
        tracker.OnReconnected();
        tracker.Track("t"u8, 1);

        Assert.Equal(new SequenceCounts(1, 0, 1, 0), tracker.Counts);
    }

    [Theory]
    [InlineData("7 8", "8 9 10", 0, 0)] // the old connection was a little ahead
    [InlineData("7 8", "6 7 8 9", 0, 0)]
    [InlineData("7 8", "10 11", 1, 0)] // or a little behind: nobody was disconnected, and yet the gap lies between two connections
    [InlineData("7 8", "0 1", 0, 1)]
    public void Track_AConnectionThatOverlapsTheOldOne_IsNoRestartAndItsGapSpansTwoConnections(string before, string after, long lost, long resets)
    {
        var tracker = new SequenceTracker(uint.MaxValue);
        Track(before);
        tracker.OnReconnected(overlaps: true);
        Track(after);
        Assert.Equal(new SequenceCounts(lost, lost, resets, 0), tracker.Counts);

        void Track(string numbers)
        {
            foreach (var number in numbers.Split(' '))
            {
                tracker.Track("t"u8, ulong.Parse(number, CultureInfo.InvariantCulture));
            }
        }
    }

    [Fact]
    public void Track_TopicThatWasQuietThroughAnOutageAndARenewal_FollowsTheOutage()
    {
        var tracker = new SequenceTracker(uint.MaxValue);
        tracker.Track("t"u8, 50);
        tracker.OnReconnected();
        tracker.OnReconnected(overlaps: true);
        tracker.Track("t"u8, 40);
        Assert.Equal(new SequenceCounts(0, 0, 1, 0), tracker.Counts);
    }

    [Fact]
    public void Between_UInt64WrapsAround_IsNoReset() =>
        Assert.Equal(new SequenceStep(SequenceStepKind.Next, 2), SequenceStep.Between(ulong.MaxValue - 1, 1, ulong.MaxValue, hasPassedZero: false, isReconnected: false));

    // The model knows what the publisher sent and what of it was delivered; the tracker only sees the numbers.
    [Fact]
    public void Track_AnyHistory_CountsWhatTheModelCounts() => Gen.Select(
            Gen.Enum<SequenceAct>().Array[0, 80],
            Gen.Int[1, 2000].Array[80],
            Gen.OneOf(Gen.UInt[1000, 2_000_000], Gen.UInt[uint.MaxValue - 3000, uint.MaxValue]))
        .Sample((acts, amounts, first) =>
        {
            var model = new SequenceModel(first);
            model.Deliver();
            for (var i = 0; i < acts.Length; i++)
            {
                model.Play(acts[i], amounts[i]);
            }

            model.Deliver();
            Assert.Equal(model.Expected, model.Tracker.Counts);
        });

    [Fact]
    public void Track_Topics_AreFollowedApart()
    {
        var tracker = new SequenceTracker(uint.MaxValue);
        for (var i = 0u; i < 10; i++)
        {
            tracker.Track("a"u8, i);
            tracker.Track("b"u8, 2 * i);
        }

        Assert.Equal(new SequenceCounts(9, 0, 0, 0), tracker.TakeCounts());
        Assert.Equal(default, tracker.Counts);
    }

    // A message that came is not lost, also when its number could not be read.
    [Fact]
    public void Track_NumbersOfMessagesThatWereNotRead_AreNotLost()
    {
        var tracker = new SequenceTracker(uint.MaxValue);
        tracker.Track("a"u8, 1);
        tracker.Untracked(mayBeOfAnyTopic: true);
        tracker.Untracked(mayBeOfAnyTopic: true);
        tracker.Track("a"u8, 1); // a repeat explains nothing
        tracker.Track("a"u8, 4);
        Assert.Equal((0L, 2L), (tracker.Counts.Lost, tracker.Counts.Untracked));

        tracker.Track("a"u8, 6); // they are used up
        Assert.Equal(1, tracker.Counts.Lost);
        tracker.Untracked(mayBeOfAnyTopic: true);
        tracker.Track("a"u8, 10);
        Assert.Equal(3, tracker.Counts.Lost);
    }

    [Fact]
    public void Track_UnreadMessagesOfSomeTopic_ExplainOnlyGapsThatBeganBeforeThem()
    {
        var tracker = new SequenceTracker(uint.MaxValue);
        tracker.Track("a"u8, 1);
        tracker.Track("b"u8, 1);
        tracker.Untracked(mayBeOfAnyTopic: true);
        tracker.Track("a"u8, 3); // it was this topic's, for all that is known
        tracker.Track("b"u8, 3);
        Assert.Equal(1, tracker.Counts.Lost);

        tracker.Untracked(); // of a topic of its own
        tracker.Track("a"u8, 5);
        Assert.Equal(2, tracker.Counts.Lost);
    }

    [Fact]
    public void Track_MoreTopicsThanThereIsRoomFor_AreUntrackedAndTheFirstOnesStay()
    {
        var tracker = new SequenceTracker(uint.MaxValue);
        for (var i = 0; i < SequenceTracker.MaxTopics + 7; i++)
        {
            tracker.Track(BitConverter.GetBytes(i), 1);
        }

        tracker.Track(BitConverter.GetBytes(0), 3);
        Assert.Equal(new SequenceCounts(1, 0, 0, 7), tracker.Counts);
    }
}
