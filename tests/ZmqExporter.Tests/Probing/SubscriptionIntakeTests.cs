using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Probing;

public sealed class SubscriptionIntakeTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void OnFrame_Messages_CountsThemAndTheirBytes()
    {
        var intake = Intake(new());
        Message(intake, "topic", "12345");
        Message(intake, "x");

        var batch = Read(intake)!.Value;

        Assert.Equal((2, 11), (batch.Messages, batch.Bytes));
        Assert.Equal(2, intake.Look().Messages);
        Assert.Null(Read(intake));
    }

    [Fact]
    public void OnFrame_SequenceFrame_CountsWhatIsMissing()
    {
        var intake = Intake(new(Sequence: SequenceConfig.OfFrame(1, new BinaryNumber(BinaryKind.Unsigned, 4, IsBigEndian: false))));
        foreach (var number in (uint[])[7, 8, 12])
        {
            Numbered(intake, "topic", number);
        }

        Message(intake, "topic");
        Message(intake, "topic", "seven!");
        Message(intake, new string('t', 257), "1234");

        Assert.Equal(new SequenceCounts(3, 0, 0, 3), Read(intake)!.Value.Sequence);
    }

    [Theory]
    [InlineData(SequenceScope.Topic, "1", false)]
    [InlineData(SequenceScope.Topic, "3", false)]
    [InlineData(SequenceScope.Topic, "4", true)]
    [InlineData(SequenceScope.Publisher, "4", true)]
    [InlineData(SequenceScope.Publisher, "1 2 3", false)]
    internal void OnFramesRead_RightAfterARenewal_IsASignWhenTheNumbersGoOn(SequenceScope per, string numbers, bool isSign)
    {
        var intake = Intake(new(Sequence: SequenceConfig.OfFrame(1, format: null, per)));
        intake.OnSubscribed(Timestamp.Now(_time), SubscriptionCause.Connected);
        Message(intake, "a", "1");
        Message(intake, "a", "2");
        Message(intake, "a", "3");
        Read(intake);
        _time.Advance(TimeSpan.FromSeconds(1));
        intake.OnSubscribed(Timestamp.Now(_time), SubscriptionCause.Renewed);
        foreach (var number in numbers.Split(' '))
        {
            Message(intake, "a", number);
        }

        Read(intake);

        Assert.Equal(isSign, intake.Look().Feed.LastSign == Timestamp.Now(_time));
    }

    [Theory]
    [InlineData(true, 1, 0)]
    [InlineData(false, 3, 1)]
    public void OnFrame_OneSequenceOverAllTopics_IsFollowedAsTheConfigSays(bool perPublisher, long lost, long untracked)
    {
        var per = perPublisher ? SequenceScope.Publisher : SequenceScope.Topic;
        var intake = Intake(new(Sequence: SequenceConfig.OfFrame(1, format: null, per)));
        Message(intake, "a", "10");
        Message(intake, "b", "11");
        Message(intake, new string('t', 257), "12");
        Message(intake, "a", "14");

        Assert.Equal(new SequenceCounts(lost, 0, 0, untracked), Read(intake)!.Value.Sequence);
    }

    [Fact]
    public void OnFrame_NumberInTheFirstFrame_IsOneTopic()
    {
        var intake = Intake(new(Sequence: SequenceConfig.OfFrame(0, format: null)));
        Message(intake, "10");
        Message(intake, "12");

        Assert.Equal(1, Read(intake)!.Value.Sequence.Lost);
    }

    [Theory]
    [InlineData(1_000, "1767323045000")]
    [InlineData(1, "1767323045")]
    [InlineData(1, "1767323045.000")]
    [InlineData(1_000_000, "1767323045000000")]
    [InlineData(1_000_000_000, "1767323045000000000")]
    public void OnFrame_SentAt_GivesTheDelay(long perSecond, string text)
    {
        var intake = Intake(new(SentAt: new SentAtConfig(SourceConfig.Of(1), perSecond)));
        _time.Advance(TimeSpan.FromSeconds(0.25));
        Message(intake, "topic", text);

        Assert.Equal(0.25, Read(intake)!.Value.Delay!.Value.TotalSeconds, 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OnFrame_SentAtInBinary_TakesTheLikelierByteOrder(bool big)
    {
        var intake = Intake(new(SentAt: new SentAtConfig(SourceConfig.Of(1), 1_000)));
        var bytes = BitConverter.GetBytes(1767323044000);
        intake.OnFrame(0, "topic"u8, 5, isLast: false);
        intake.OnFrame(1, big ? [.. bytes.Reverse()] : bytes, 8, isLast: true);

        Assert.Equal(1, Read(intake)!.Value.Delay!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Take_MessageFailsAnExpect_StaysWrongUntilABetterOneComes()
    {
        var intake = Intake(new(Expect: [ExpectConfig.EqualsText(1, "ok")]));
        Message(intake, "topic", "bad");
        Message(intake, "topic", "ok");
        Read(intake);
        var mixed = intake.Take();
        Assert.Equal((2, 1, true), (mixed.Messages, mixed.Refused, mixed.Problem!.Contains("bad", StringComparison.Ordinal)));
        Assert.Null(intake.Take().Problem);

        Message(intake, "topic", "bad");
        Read(intake);
        Assert.NotNull(intake.Take().Problem);
        Assert.NotNull(intake.Take().Problem);
        Message(intake, "topic", "ok");
        Read(intake);
        Assert.Null(intake.Take().Problem);
    }

    [Fact]
    public void OnFrame_FrameTooLongToCheck_FailsTheExpectAndIsNotKept()
    {
        var intake = Intake(new(Expect: [ExpectConfig.Matches(1, "x")]));
        Assert.Equal((64, 1 << 20, 0), (intake.KeptLength(0), intake.KeptLength(1), intake.KeptLength(2)));
        intake.OnFrame(0, "topic"u8, 5, isLast: false);
        intake.OnFrame(1, new byte[1 << 20], 64 << 20, isLast: true);

        Assert.Equal(5 + (64 << 20), Read(intake)!.Value.Bytes);
        Assert.Contains("too long", intake.Take().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void OnSubscribed_InTheMiddleOfAMessage_ItNeverEnds()
    {
        var intake = Intake(new(Expect: [new ExpectConfig.FrameCount(2)]));
        intake.OnFrame(0, "topic"u8, 5, isLast: false);
        intake.OnSubscribed(Timestamp.Now(_time), SubscriptionCause.Connected);
        Message(intake, "topic", "body");
        Read(intake);

        var view = intake.Take();
        Assert.Equal((1, null), (view.Messages, view.Problem));
    }

    [Theory]
    [InlineData(SubscriptionCause.Replaced, 0)] // the old connection was a message ahead
    [InlineData(SubscriptionCause.Renewed, 1)]
    internal void OnSubscribed_NumberFromBefore_IsARestartUnlessTheConnectionsOverlap(SubscriptionCause cause, long resets)
    {
        var intake = Intake(new(Sequence: SequenceConfig.OfFrame(1, format: null)));
        Message(intake, "topic", "501");
        Message(intake, "topic", "502");
        intake.OnSubscribed(Timestamp.Now(_time), cause);
        Message(intake, "topic", "501");
        Assert.Equal(new SequenceCounts(0, 0, resets, 0), Read(intake)!.Value.Sequence);
    }

    [Fact]
    public void OnFramesRead_LongAfterItCame_CountsFromWhenItCame()
    {
        var intake = Intake(new(SentAt: new SentAtConfig(SourceConfig.Of(1), 1_000)));
        _time.Advance(TimeSpan.FromSeconds(0.25));
        var (arrived, arrivedAt) = (Timestamp.Now(_time), _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(3)); // somebody kept us from reading it
        Message(intake, "topic", "1767323045000");

        var batch = intake.OnFramesRead(arrived)!.Value;

        Assert.Equal((0.25, arrivedAt), (Math.Round(batch.Delay!.Value.TotalSeconds, 3), batch.ArrivedAt));
        Assert.Equal(arrived, intake.Look().Feed.LastMessage);
    }

    [Fact]
    public void RateProblem_MessagesOfOurOwnReconnect_AreNoRate()
    {
        var intake = Intake(new(MinRate: 1));
        intake.OnSubscribed(Timestamp.Now(_time), SubscriptionCause.Connected);
        Message(intake, "topic");
        Read(intake);
        intake.OnSubscribed(Timestamp.Now(_time), SubscriptionCause.Renewed);
        Message(intake, "topic");
        Read(intake);

        Assert.Equal("0.1 messages a second over 10 s, and min_rate is 1", intake.RateProblem(Timestamp.Now(_time), Timestamp.None));
    }

    [Fact]
    public void OnFrame_MillionMessages_AllocatesNothingForEach()
    {
        var intake = Intake(new(Sequence: SequenceConfig.OfFrame(1, new BinaryNumber(BinaryKind.Unsigned, 4, IsBigEndian: false)), SentAt: new SentAtConfig(SourceConfig.Of(2), 1_000)));
        void Play(uint from, uint to)
        {
            Span<byte> bytes = stackalloc byte[4];
            for (var number = from; number < to; number++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
                intake.OnFrame(0, number % 2 == 0 ? "even"u8 : "odd"u8, number % 2 == 0 ? 4 : 3, isLast: false);
                intake.OnFrame(1, bytes, 4, isLast: false);
                intake.OnFrame(2, "1767323044000"u8, 13, isLast: true);
            }

            intake.OnFramesRead(Timestamp.Now(_time));
        }

        Play(0, 10_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play(10_000, 1_010_000);

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000);
    }

    [Fact]
    public void PerSecond_SteadyStream_IsItsRate()
    {
        var meter = new RateMeter(TimeSpan.FromSeconds(10));
        for (var tenth = 0; tenth < 300; tenth++)
        {
            meter.Add(Timestamp.None + TimeSpan.FromSeconds(tenth / 10.0), 5);
        }

        Assert.Equal(50, meter.PerSecond(Timestamp.None + TimeSpan.FromSeconds(30)), 5.0);
        Assert.Equal(0, meter.PerSecond(Timestamp.None + TimeSpan.FromSeconds(45)));
    }

    private static void Numbered(SubscriptionIntake intake, string topic, uint number)
    {
        intake.OnFrame(0, Encoding.UTF8.GetBytes(topic), topic.Length, isLast: false);
        intake.OnFrame(1, BitConverter.GetBytes(number), 4, isLast: true);
    }

    private static void Message(SubscriptionIntake intake, params string[] frames)
    {
        for (var i = 0; i < frames.Length; i++)
        {
            intake.OnFrame(i, Encoding.UTF8.GetBytes(frames[i]), frames[i].Length, i == frames.Length - 1);
        }
    }

    private SubscriptionBatch? Read(SubscriptionIntake intake) => intake.OnFramesRead(Timestamp.Now(_time));

    private SubscriptionIntake Intake(Setup setup) => new(
        new SubscribeProberConfig([[]], TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), [.. setup.Expect ?? []])
        {
            Sequence = setup.Sequence,
            SentAt = setup.SentAt,
            MinRate = setup.MinRate,
        },
        _time);

    private sealed record Setup(ExpectConfig[]? Expect = null, SequenceConfig? Sequence = null, SentAtConfig? SentAt = null, double? MinRate = null);
}
