using System.Text;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using ZmqExporter.Tests.Metrics;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>A mapping that does not find what it looks for makes no probe fail, and is seen.</summary>
public sealed class MappingTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Theory]
    [InlineData("sequence: {frame: 1, json: $.n}", "t|{\"seq\":1}", "sequence finds nothing in what comes: frame 1 is \"{\\\"seq\\\":1}\", in which $.n selects nothing")]
    [InlineData("sequence: {frame: 1, json: $.n}", "t|{\"n\":\"x\"}", "sequence finds nothing in what comes: $.n is \"x\", which is no whole number")]
    [InlineData("sequence: {frame: 1, json: $.n}", "t|no", "sequence finds nothing in what comes: frame 1 is \"no\", which is not JSON")]
    [InlineData("sequence: {frame: 2, json: $.n}", "t|{}", "sequence finds nothing in what comes: frame 2 is missing: the message has 2 frames")]
    [InlineData("sequence: {frame: 1, format: uint32_le}", "t|12345", "sequence finds nothing in what comes: frame 1 has 5 bytes, and the number has 4")]
    [InlineData("sequence: {frame: 1, offset: 4, format: uint32_le}", "t|12345", "sequence finds nothing in what comes: frame 1 is \"12345\", which has no uint32_le at byte 4")]
    [InlineData("sequence: {frame: 1, json: $.n, per: {frame: 1, json: $.c}}", "t|{\"n\":1}", "sequence: per finds nothing in what comes: frame 1 is \"{\\\"n\\\":1}\", in which $.c selects nothing")]
    [InlineData("sequence: {frame: 1, json: $.n, per: {frame: 2}}", "t|{\"n\":1}", "sequence: per finds nothing in what comes: frame 2 is missing: the message has 2 frames")]
    [InlineData("sent_at: {frame: 1, json: $.t, format: unix_ms}", "t|{\"t\":\"soon\"}", "sent_at finds nothing in what comes: $.t is \"soon\", which is no time")]
    [InlineData("sent_at: {frame: 3, format: unix_ms}", "t", "sent_at finds nothing in what comes: frame 3 is missing: the message has 1 frame")]
    [InlineData("values: [{metric: app_a, help: A., frame: 1, json: $.a}, {metric: app_b, help: B., frame: 1, json: $.b}]", "t|{\"b\":1}", "values: app_a finds nothing in what comes: frame 1 is \"{\\\"b\\\":1}\", in which $.a selects nothing")]
    [InlineData("sequence: {frame: 1, json: $.n}", "t|{\"n\":1}", "")]
    public void Take_MappingThatFitsNoMessage_SaysWhatStoodThere(string mapping, string message, string expected)
    {
        var intake = Intake(mapping);
        Assert.Null(intake.Take().Unmapped);
        Publish(intake, message, message);
        Assert.Equal(expected.Replace("what comes", "the 2 messages that came", StringComparison.Ordinal), Unmapped(intake));
        _time.Advance(MappingWindows.FirstAfter);
        Assert.Equal("", Unmapped(intake)); // no message since
        Publish(intake, message);

        Assert.Equal(expected, Unmapped(intake));
        Assert.Equal(expected, Unmapped(intake)); // no message since
    }

    [Fact]
    public void Take_FrameLongerThanAnybodyLooks_SaysSo()
    {
        var intake = Intake("sequence: {frame: 1, json: $.n}\nvalues: [{metric: app_a, help: A., frame: 1, json: $.n}]");
        intake.OnFrame(0, "t"u8, 1, isLast: false);
        intake.OnFrame(1, new byte[1 << 20], 2 << 20, isLast: true);
        _ = intake.OnFramesRead(Timestamp.Now(_time));

        Assert.Equal(
            "sequence finds nothing in the 1 message that came: frame 1 has 2097152 bytes, which is too long to look into; values: app_a finds nothing in the 1 message that came: frame 1 has 2097152 bytes, which is too long to look into",
            Unmapped(intake));
    }

    [Fact]
    public void Take_FeedOfSeveralKindsOfMessages_IsUnmappedOnlyAfterTenMinutesWithoutTheRareKind()
    {
        var intake = Intake("sequence: {frame: 1, json: $.n}\nvalues: [{metric: app_a, help: A., frame: 1, json: $.a}]");
        Publish(intake, "t|{}", "t|{\"n\":1,\"a\":1}", "t|{}");
        Assert.Equal("", Unmapped(intake));

        _time.Advance(MappingWindows.UnmappedAfter - TimeSpan.FromSeconds(1));
        Publish(intake, "t|{}");
        Assert.Equal("", Unmapped(intake));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("", Unmapped(intake)); // nothing came
        Publish(intake, "t|{\"a\":1}");
        Assert.Equal("sequence finds nothing in what comes: frame 1 is \"{\\\"a\\\":1}\", in which $.n selects nothing", Unmapped(intake));
        Publish(intake, "t|{}", "t|{\"n\":2}");
        Assert.Equal("", Unmapped(intake));
    }

    [Fact]
    public void Take_ManyMissesBetweenTwoProbes_AreExplainedOnce()
    {
        var intake = Intake("sequence: {frame: 1, json: $.n}");
        byte[] body = [.. "{\"seq\":1}"u8];
        Play(10_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play(100_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);

        void Play(int messages)
        {
            for (var i = 0; i < messages; i++)
            {
                intake.OnFrame(0, "t"u8, 1, isLast: false);
                intake.OnFrame(1, body, body.Length, isLast: true);
            }

            _ = intake.OnFramesRead(Timestamp.Now(_time));
        }
    }

    [Fact]
    public void OnFrame_SequenceTimeAndValuesInJson_AllocateNothingForAMessage()
    {
        var intake = Intake("""
            sequence: {frame: 1, json: $.n, per: {frame: 1, json: $.c}}
            sent_at: {frame: 1, json: $.t, format: unix_ms}
            values: [{metric: app_a, help: A., frame: 1, json: $.a}, {metric: app_b, help: B., frame: 1, json: $.b}]
            """);
        byte[] body = [.. "{\"c\":\"x\",\"n\":1,\"t\":1767323044000,\"a\":1.5,\"b\":2}"u8];
        Play(10_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play(100_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
        Assert.Equal("app_a 1.5|app_b 2", Values(intake));

        void Play(int messages)
        {
            for (var i = 0; i < messages; i++)
            {
                intake.OnFrame(0, "t"u8, 1, isLast: false);
                intake.OnFrame(1, body, body.Length, isLast: true);
            }

            _ = intake.OnFramesRead(Timestamp.Now(_time));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(MessageInspector.CompleteMessages + 5)]
    public void TakeValues_MessagesThatHaveThemAll_AreThoseOfTheLastOne(int before)
    {
        var intake = Intake("expect: [{frame: 1, json: $.ok, equals: true}]\nvalues: [{metric: app_a, help: A., frame: 1, json: $.a}]");
        for (var i = 0; i < before; i++)
        {
            Publish(intake, $"t|{{\"ok\":true,\"a\":{i}}}");
        }

        Publish(intake, "t|{\"ok\":true,\"a\":-1}", "t|{\"ok\":true,\"a\":-2}", "t|{\"ok\":false,\"a\":-3}");

        Assert.Equal("app_a -2", Values(intake));
    }

    [Fact]
    public void TakeValues_LatestMessageLacksOne_HasTheLatestThatThereWas()
    {
        var intake = Intake("values: [{metric: app_a, help: A., frame: 1, json: $.a}, {metric: app_b, help: B., frame: 1, json: $.b}]");
        for (var i = 0; i < 2 * MessageInspector.CompleteMessages; i++)
        {
            Publish(intake, "t|{\"a\":1,\"b\":1}");
        }

        Publish(intake, "t|{\"a\":2,\"b\":2}", "t|{\"b\":3}"); // from here on each message is read
        Publish(intake, "t|{\"a\":4}", "t|{\"b\":5}");

        Assert.Equal("app_a 4|app_b 5", Values(intake));
        Assert.Equal("", Unmapped(intake));
    }

    [Theory]
    [InlineData("json: $.busy, each: '$.workers[*]'", "{\"workers\":[]}", "")]
    [InlineData("json: $.busy, each: '$.workers[?(@.x == 1)]'", "{\"workers\":[]}", "")]
    [InlineData("json: $.busy, each: '$.workers[*]'", "{}", "frame 0 is \"{}\", in which $.workers[*] selects nothing")]
    [InlineData("json: $.busy, each: '$.workers[*]'", "{\"workers\":[{}]}", "frame 0 is \"{\\\"workers\\\":[{}]}\", in which no item of $.workers[*] has a number at $.busy")]
    [InlineData("json: $.busy, each: '$.workers[*]'", "no", "frame 0 is \"no\", which is not JSON")]
    [InlineData("json: $.depth, labels: {q: $.q}", "{\"depth\":\"deep\"}", "$.depth is \"deep\", which is no number")]
    [InlineData("frame: 1, json: $.depth", "{}", "frame 1 is missing: the message has 1 frame")]
    public void UnmappedIn_Reply_SaysWhatStoodThere(string entry, string reply, string expected)
    {
        var reader = new ValueReader(Parsed.Request($"send: [x]\nvalues: [{{metric: app_a, help: A., {entry}}}]").Values);
        var message = ZmtpMessage.FromText(reply);

        Assert.Equal(expected, string.Join("; ", reader.UnmappedIn(reader.Read(message), message).Select(source => source.Problem)));
    }

    [Fact]
    public void UnmappedIn_ReplyWhoseItemsAreTooMuchInAll_SaysWhatReadingItFound()
    {
        var reader = new ValueReader(Parsed.Request("send: [x]\nvalues: [{metric: app_a, help: A., json: $.n, each: $..x}]").Values);
        var message = ZmtpMessage.FromText($"{string.Concat(Enumerable.Repeat("{\"x\":", 60))}\"{new string('a', 1 << 20)}\"{new string('}', 60)}");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var read = reader.Read(message);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        var unmapped = Assert.Single(reader.UnmappedIn(read, message));

        Assert.EndsWith(", of which $..x selects more than 4 MiB in all: too much", unmapped.Problem, StringComparison.Ordinal);
        Assert.InRange(taken, 0, 60 << 20);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before - taken, 0, 100_000); // nobody looks again
    }

    [Fact]
    public void Read_ItemsThatAreEachFiltered_ShareOneLimit()
    {
        var reader = new ValueReader(Parsed.Request("send: [x]\nvalues: [{metric: app_a, help: A., json: '$[?(@ =~ /^(a+)+$/)]', each: '$[*]'}]").Values);
        var message = ZmtpMessage.FromText($"[{string.Join(',', Enumerable.Repeat("[\"aaaaaaaaaaaaaaaX\"]", 20_000))}]");

        var unmapped = Assert.Single(reader.UnmappedIn(reader.Read(message), message));

        Assert.EndsWith(", on which $[*] took too long", unmapped.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Snapshot_OfATarget_HasWhatTheLastResultThatTellsSaid()
    {
        var target = new ZmqExporter.Targets.Target(MetricsUnderTest.Target(), _time);
        var unmapped = new UnmappedSource(Mapping.Values, "app_a", "no");
        target.Record(MetricsUnderTest.OnTime() with { Unmapped = [unmapped] });
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        Assert.Equal([unmapped], target.Snapshot().Unmapped);
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused)); // down
        Assert.Empty(target.Snapshot().Unmapped);
        target.Record(MetricsUnderTest.OnTime() with { Unmapped = [unmapped] });
        target.Record(MetricsUnderTest.OnTime() with { Unmapped = [] });
        Assert.Empty(target.Snapshot().Unmapped);
        target.Record(MetricsUnderTest.OnTime() with { Unmapped = [unmapped with { FirstMessages = 1 }] }); // not certain yet
        Assert.Empty(target.Snapshot().Unmapped);
    }

    private SubscriptionIntake Intake(string keys)
    {
        var lines = string.Concat($"prober: subscribe\ntopics: ['']\nmax_silence: 5s\n{keys}".Split('\n').Select(line => $"    {line}\n"));
        return new SubscriptionIntake((SubscribeProberConfig)Parsed.Config($"modules:\n  m:\n{lines}").Modules["m"].Prober, _time);
    }

    // Frames are separated by a line.
    private void Publish(SubscriptionIntake intake, params string[] messages)
    {
        foreach (var frames in messages.Select(message => message.Split('|')))
        {
            for (var i = 0; i < frames.Length; i++)
            {
                var frame = Encoding.UTF8.GetBytes(frames[i]);
                intake.OnFrame(i, frame, frame.Length, i == frames.Length - 1);
            }
        }

        _ = intake.OnFramesRead(Timestamp.Now(_time));
    }

    private static string Unmapped(SubscriptionIntake intake) => string.Join("; ", intake.Take().Unmapped!.Value);

    private static string Values(SubscriptionIntake intake) =>
        string.Join('|', intake.TakeValues()!.Value.Samples.Select(sample => sample.ToString()).Order(StringComparer.Ordinal));
}
