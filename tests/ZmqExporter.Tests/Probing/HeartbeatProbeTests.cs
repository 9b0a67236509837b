using System.Text;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

public sealed class HeartbeatProbeTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Theory]
    [InlineData("heartbeat: {}", "ZHB1", "TOKEN")]
    [InlineData("heartbeat: {service: \"{orders}\"}", "ZHB1", "TOKEN", "{orders}")]
    [InlineData("socket: dealer\nheartbeat: {}", "", "ZHB1", "TOKEN")]
    public void Request_EachForm_IsWhatTheProtocolSays(string keys, params string[] frames)
    {
        var plan = new RequestPlan(Parsed.Request(keys));
        var variables = Variables(out var token);

        var sent = Assert.Single(plan.Steps).Message(variables);

        Assert.Equal(frames, Enumerable.Range(0, sent.FrameCount).Select(frame => Encoding.UTF8.GetString(sent[frame]).Replace(token, "TOKEN", StringComparison.Ordinal)), StringComparer.Ordinal);
        Assert.True(plan.HasToken);
    }

    [Fact]
    public void Judge_Replies_AreTakenRefusedOrStale()
    {
        var check = new ReplyCheck(Assert.Single(Parsed.Request("heartbeat: {}\nexpect: [{frame: 4, json: $.queue, below: 10}]").Steps).Expect);
        _ = Variables(out var earlier);
        var variables = Variables(out var token);

        Assert.Equal(ReplyVerdict.Accepted, Judge(token, "SERVING", "{\"queue\": 9}").Verdict);
        Assert.Equal((ReplyVerdict.RefusedByName, "the server says NOT_SERVING: full"), Judge(token, "NOT_SERVING", "{\"queue\": 9, \"reason\": \"full\"}"));
        Assert.Equal(ReplyVerdict.RefusedByName, Judge(token, "SERVING", "{\"queue\": 10}").Verdict);
        Assert.Equal(ReplyVerdict.Stale, Judge(earlier, "SERVING", "{\"queue\": 9}").Verdict);
        Assert.Equal((ReplyVerdict.Refused, $"the token (frame 1) is \"x\", 1 bytes, and must be the request's, \"{token}\", unchanged"), Judge("x", "SERVING", "{\"queue\": 9}"));

        (ReplyVerdict Verdict, string? Problem) Judge(string name, string status, string details)
        {
            var verdict = check.Judge(Message("ZHB1", name, status, "i", details), variables, out var problem);
            return (verdict, problem);
        }
    }

    [Fact]
    public void Values_OfAReply_AreItsNumbers()
    {
        var reader = new RequestPlan(Parsed.Request("heartbeat: {}")).Values!;
        var good = Message("ZHB1", "t", "SERVING", "i", "{\"queue\": 9, \"start_time\": 1}");
        var bad = Message("ZHB1", "t", "SERVING", "i", "{\"queue\": NaN}");

        Assert.Equal("zmq_heartbeat_value{name=\"queue\"} 9", Assert.Single(reader.Read(good).Samples).ToString());
        Assert.Empty(reader.UnmappedIn(reader.Read(good), good));
        Assert.Empty(reader.UnmappedIn(reader.Read(Message("ZHB1", "t", "SERVING", "i")), good)); // none are none
        Assert.Equal(
            "values: zmq_heartbeat_value finds nothing in what comes: these are the details, frame 4, which is no JSON object: 'N' is an invalid start of a value",
            Assert.Single(reader.UnmappedIn(reader.Read(bad), bad)).ToString());
    }

    [Fact]
    public void Feed_BeatsOfOtherServicesAndOtherTopics_AreNoSignOfLife()
    {
        var intake = Intake("heartbeat: {service: orders}");

        Come(intake, "ZHB1", "stock", "SERVING", "i", "0", "1", "60");
        Come(intake, "ZHB10", "orders", "SERVING", "i", "0", "1", "60");
        Assert.Equal((0, 0), (intake.Look().Messages, intake.TakeReports().Count));

        Come(intake, "ZHB1", "orders", "SERVING", "i", "0", "1", "60");
        Assert.Equal((1, 1), (intake.Look().Messages, intake.TakeReports().Count));
        Assert.Empty(intake.TakeReports());
    }

    [Fact]
    public void Feed_ItsOwnInterval_SaysHowLongItMayBeSilent()
    {
        var intake = Intake("heartbeat: {}");
        Assert.Equal(HeartbeatConfig.DefaultGrace, intake.MaxSilence);

        Come(intake, "ZHB1", "", "SERVING", "i", "0", "1", "4");

        Assert.Equal(TimeSpan.FromSeconds(10), intake.MaxSilence);
        Assert.Equal((FeedState.Fresh, FeedState.Silent), (StateAfter(9.9), StateAfter(0.2)));

        FeedState StateAfter(double seconds)
        {
            _time.Advance(TimeSpan.FromSeconds(seconds));
            return intake.Look().Feed.At(Timestamp.Now(_time));
        }
    }

    [Theory]
    [InlineData(1, 2.5)]
    [InlineData(0.1, 0.7)]
    [InlineData(60, 150)]
    public void MaxSilence_IsTwoIntervalsAndAGrace(double interval, double silence) =>
        Assert.Equal(TimeSpan.FromSeconds(silence), HeartbeatProtocol.MaxSilence(TimeSpan.FromSeconds(interval)));

    [Fact]
    public void Feed_NotServingAndMalformed_AreProblemsWithWords()
    {
        var intake = Intake("heartbeat: {}");

        Come(intake, "ZHB1", "", "NOT_SERVING", "i", "0", "1", "4", "{\"reason\": \"full\"}");
        Assert.Equal(" (topic \"ZHB1\", sequence 0): the server says NOT_SERVING: full", intake.Take().Problem);
        Come(intake, "ZHB1", "", "SERVING", "i", "1", "1", "soon");
        Assert.EndsWith("the interval (frame 6) is \"soon\" and must be decimal seconds above 0 and up to 86400", intake.Take().Problem, StringComparison.Ordinal);
        Come(intake, "ZHB1", "", "SERVING", "i", "2", "1", "4", new string('x', 70_000));
        Assert.EndsWith("the details (frame 7) have 70000 bytes and must have 65536 at most", intake.Take().Problem, StringComparison.Ordinal);
        Come(intake, "ZHB1", "", "SERVING", "i", "3", "1", "4", "{}", "more", "and more");
        Assert.Contains("the beat has 10 frames and must have 7 or 8", intake.Take().Problem, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(10), intake.MaxSilence); // as the last one said that could be read
    }

    [Fact]
    public void Feed_ServicesOfOneProcess_AreNumberedEachForItself()
    {
        var intake = Intake("heartbeat: {}");
        var (lost, resets) = (0L, 0L);
        foreach (var (service, sequence) in new[] { ("a", "1000"), ("b", "0"), ("a", "1001"), ("b", "1"), ("a", "1003") })
        {
            var counts = Come(intake, "ZHB1", service, "SERVING", "i", sequence, "1", "4")!.Value.Sequence;
            (lost, resets) = (lost + counts.Lost, resets + counts.Resets);
        }

        Assert.Equal((1, 0), (lost, resets)); // of a, one
    }

    [Theory]
    [InlineData("-Infinity", "1")]
    [InlineData("1", "1\0")]
    [InlineData("1", "1e3")]
    [InlineData("NaN", "1")]
    public void Feed_TimesThatAreNoDecimals_AreProblems(string time, string interval)
    {
        var intake = Intake("heartbeat: {}");

        Come(intake, "ZHB1", "", "SERVING", "i", "0", time, interval);

        Assert.Contains("must be decimal seconds", intake.Take().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Feed_LostBeats_AreCountedByInstanceAndARestartIsNoLoss()
    {
        var intake = Intake("heartbeat: {}");
        var lost = 0L;
        foreach (var (instance, sequence) in new[] { ("a", "0"), ("a", "1"), ("a", "4"), ("b", "0"), ("b", "1") })
        {
            lost += Come(intake, "ZHB1", "", "SERVING", instance, sequence, "1", "4")!.Value.Sequence.Lost;
        }

        Assert.Equal(2, lost);
    }

    private static ProbeVariables Variables(out string token)
    {
        var next = ProbeToken.Next();
        token = next.ToString();
        return new ProbeVariables(next, 1, 0);
    }

    private static ZmtpMessage Message(params string[] frames) => ZmtpMessage.FromFrames([.. frames.Select(Encoding.UTF8.GetBytes)]);

    private SubscriptionBatch? Come(SubscriptionIntake intake, params string[] frames)
    {
        for (var i = 0; i < frames.Length; i++)
        {
            var frame = Encoding.UTF8.GetBytes(frames[i]);
            intake.OnFrame(i, frame.AsSpan(0, Math.Min(frame.Length, intake.KeptLength(i))), frame.Length, isLast: i == frames.Length - 1);
        }

        return intake.OnFramesRead(Timestamp.Now(_time));
    }

    private SubscriptionIntake Intake(string keys)
    {
        var config = Parsed.Config($"modules:\n  m:\n    prober: subscribe\n    {keys}\n").Modules["m"].Prober;
        var intake = new SubscriptionIntake(Assert.IsType<SubscribeProberConfig>(config), _time);
        intake.OnSubscribed(Timestamp.Now(_time), SubscriptionCause.Connected);
        return intake;
    }
}
