using System.Text;
using CsCheck;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Targets.History;
using ZmqExporter.Tests.Metrics;
using Zmtp;

namespace ZmqExporter.Tests.Targets.History;

public sealed class TargetHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private TargetHistory _history = new(isLean: false);
    private LastMessages _messages;
    private DateTimeOffset _now = Start;
    private TargetState _state = TargetState.Up;

    [Fact]
    public void Record_LongOutage_TakesOnePlaceWithItsFirstWords()
    {
        Record(MetricsUnderTest.OnTime());
        Record(Miss(FailureReason.Refused, "the first"), TargetState.Suspect);
        for (var i = 0; i < 5000; i++)
        {
            Record(Miss(FailureReason.Refused, "another"), TargetState.Down);
        }

        var run = Assert.Single(_history.Snapshot().Failures);
        Assert.Equal((5001L, "the first", true), (run.Count, run.Detail, run.WasDown));
        Assert.Equal((Start.AddSeconds(2), Start.AddSeconds(5002)), (run.First.At, run.Last));
        Assert.Equal([TargetState.Suspect, TargetState.Down], _history.Snapshot().Changes.Select(change => change.State));
    }

    [Fact]
    public void Record_TwoReasonsByTurns_AreTwoRuns()
    {
        for (var i = 0; i < 100; i++)
        {
            Record(Miss(i % 2 == 0 ? FailureReason.Refused : FailureReason.ConnectTimeout), TargetState.Down);
        }

        Assert.Equal([50L, 50L], _history.Snapshot().Failures.Select(run => run.Count));
    }

    // Whatever is removed when the memory is full: no run spans an answer.
    [Fact]
    public void Record_AnyResults_MakesNoRunThatSpansAnAnswer() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[1, 4], Gen.Bool).List[1, 120].Sample(steps =>
        {
            var history = new TargetHistory(isLean: false);
            var now = Start;
            var answers = new List<DateTimeOffset>();
            foreach (var (reason, count, isDown) in steps)
            {
                for (var i = 0; i < count; i++)
                {
                    now += TimeSpan.FromSeconds(1);
                    if (reason == 0)
                    {
                        answers.Add(now);
                        history.Record(MetricsUnderTest.OnTime(), now, default, default);
                        continue;
                    }

                    var messages = new LastMessages();
                    messages.OnReceived(ZmtpMessage.FromFrames(new byte[300]));
                    var state = isDown ? TargetState.Down : TargetState.Suspect;
                    history.Record(Miss((FailureReason)reason, new string('x', 200)), now, new TargetTransition(state, state), messages);
                }
            }

            Assert.All(history.Snapshot().Failures, run => Assert.DoesNotContain(answers, answer => answer > run.First.At && answer < run.Last));
        });

    [Fact]
    public void Record_PeerWithMuchMetadata_KeepsWhatItIsWithoutIt()
    {
        for (var i = 0; i < 3; i++)
        {
            var metadata = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("Identity", new string((char)('a' + i), 10_000));
            Record(MetricsUnderTest.OnTime() with { Peer = MetricsUnderTest.Peer() with { Metadata = metadata } });
        }

        var kept = Assert.Single(_history.Snapshot().Peers).Peer;
        Assert.Equal(("REP", 0), (kept.SocketType, kept.Metadata.Count));
    }

    // Nobody looked while the exporter did not run.
    [Fact]
    public void EndState_AfterARestart_IsUnknownFromThenOn()
    {
        Record(MetricsUnderTest.OnTime(), TargetState.Degraded);
        var again = new TargetHistory(isLean: false);
        again.Restore(HistoryMemory.Of(_history.Snapshot()).Past(_now));
        again.EndState(_now.AddSeconds(5));
        again.EndState(_now.AddSeconds(6));
        Assert.Equal([(_now, TargetState.Degraded), (_now.AddSeconds(5), TargetState.Unknown)], again.Snapshot().Changes.Select(change => (change.At, change.State)));
    }

    [Fact]
    public void GoOnWithOutage_AfterARestart_IsTheSameRun()
    {
        Record(Miss(FailureReason.Refused), TargetState.Down);
        var again = new TargetHistory(isLean: false);
        again.Restore(HistoryMemory.Of(_history.Snapshot()).Past(_now));
        again.GoOnWithOutage();
        again.Record(Miss(FailureReason.Refused), _now.AddSeconds(9), default, default);
        Assert.Equal(2, Assert.Single(again.Snapshot().Failures).Count);
    }

    [Fact]
    public void HistoryMemory_HoursUntilTheEndOfTime_AreNoPast() =>
        Assert.Empty(new HistoryMemory { FirstHour = DateTimeOffset.MaxValue.AddHours(-1), Hours = [5, 1, 5, 1] }.Past(Start).Hours.Hours);

    [Fact]
    public void Record_AnswerBetween_IsAnotherRun()
    {
        Record(Miss(FailureReason.Refused));
        Record(MetricsUnderTest.OnTime());
        Record(Miss(FailureReason.Refused));
        Assert.Equal(2, _history.Snapshot().Failures.Length);
    }

    // The page of the night before has to be there in the morning.
    [Fact]
    public void Record_NoisyMinuteAfterAnOutage_LeavesTheOutage()
    {
        Record(Miss(FailureReason.ReplyTimeout, "the outage"), TargetState.Suspect);
        Record(Miss(FailureReason.ReplyTimeout), TargetState.Down);
        for (var i = 0; i < 500; i++)
        {
            Record(MetricsUnderTest.OnTime(), TargetState.Up);
            Record(Miss(FailureReason.UnexpectedReply, $"noise {i}"), TargetState.Suspect);
        }

        var runs = _history.Snapshot().Failures;
        Assert.Equal("the outage", runs[0].Detail);
        Assert.Equal("noise 499", runs[^1].Detail);
        Assert.True(runs.Sum(run => run.Size) <= FailureRuns.MostBytes);
    }

    [Fact]
    public void Record_Failure_KeepsHowItsMessagesBegan()
    {
        _messages.OnSent(ZmtpMessage.FromText("ping"));
        _messages.OnReceived(ZmtpMessage.FromFrames(Encoding.UTF8.GetBytes("no"), new byte[100_000], "behind"u8.ToArray()));
        Record(Miss(FailureReason.UnexpectedReply));

        var run = Assert.Single(_history.Snapshot().Failures);
        Assert.Equal("ping", Encoding.UTF8.GetString(Assert.Single(run.Sent!.Frames).Bytes.Span));
        Assert.Equal(3, run.Received!.FrameCount);
        Assert.Equal([2, 100_000, 6], run.Received.Frames.Select(frame => frame.Length));
        Assert.Equal([2, MessageExcerpt.MostReceived - 2, 0], run.Received.Frames.Select(frame => frame.Bytes.Length));
    }

    // Messages of an earlier probe say nothing of one that got none.
    [Fact]
    public void Record_FailureAfterAnAnswer_HasNoOldMessages()
    {
        _messages.OnSent(ZmtpMessage.FromText("ping"));
        _messages.OnReceived(ZmtpMessage.FromText("pong"));
        Record(MetricsUnderTest.OnTime());
        Record(Miss(FailureReason.Refused));

        var run = Assert.Single(_history.Snapshot().Failures);
        Assert.Equal((null, null), (run.Sent, run.Received));
    }

    [Fact]
    public void Record_LocalError_IsKeptAndCountsForNoHour()
    {
        Record(ProbeResult.Local("no descriptor"), TargetState.Unknown);
        Assert.Equal(FailureReason.LocalError, Assert.Single(_history.Snapshot().Failures).Reason);
        Assert.Null(_history.Hours().Last(24, _now).Availability);
    }

    [Fact]
    public void Record_SamePeerAgain_IsKeptOnce()
    {
        Record(MetricsUnderTest.OnTime());
        Record(MetricsUnderTest.OnTime() with { Peer = MetricsUnderTest.OnTime().Peer! with { Metadata = MetricsUnderTest.OnTime().Peer!.Metadata.ToBuilder().ToImmutable() } });
        Record(MetricsUnderTest.OnTime() with { Peer = MetricsUnderTest.OnTime().Peer! with { VersionMinor = 7 } });
        Assert.Equal(2, _history.Snapshot().Peers.Length);
    }

    [Fact]
    public void SetLean_Full_KeepsFewer()
    {
        for (var i = 0; i < 100; i++)
        {
            Record(MetricsUnderTest.OnTime());
        }

        _history.OnEvent(ConnectionEvent.Connected, _now);
        _history.SetLean(true);
        _history.OnEvent(ConnectionEvent.Connected, _now);
        var past = _history.Snapshot();
        Assert.Equal((TargetHistory.MostResultsLean, 0), (past.Results.Length, past.Events.Length));
        Assert.Equal(_now, past.Results[^1].At);
    }

    [Fact]
    public void HistoryMemory_AnyPast_ComesBack()
    {
        _messages.OnReceived(ZmtpMessage.FromText("no"));
        Record(Miss(FailureReason.UnexpectedReply), TargetState.Suspect);
        Record(MetricsUnderTest.OnTime(0.25), TargetState.Up);
        var past = _history.Snapshot();

        var again = new TargetHistory(isLean: false);
        again.Restore(HistoryMemory.Of(past).Past(_now));

        var restored = again.Snapshot();
        Assert.Equal(past.Results, restored.Results);
        Assert.Equal(past.Changes, restored.Changes);
        Assert.Equal(past.Hours.Hours, restored.Hours.Hours);
        Assert.Equal(past.Hours.First, restored.Hours.First);
        Assert.True(past.Failures.Select(Words).SequenceEqual(restored.Failures.Select(Words), StringComparer.Ordinal));
        Assert.Empty(HistoryMemory.Of(past).Past(Start).Results); // a clock that was set back
    }

    [Theory]
    [InlineData("AAAA")]
    [InlineData("no base64")]
    [InlineData("////////////////////////////////////////////////")]
    public void HistoryMemory_Nonsense_IsNoPast(string results)
    {
        var past = new HistoryMemory
        {
            Results = results,
            FirstHour = Start,
            Hours = [1, 2],
            Failures = [null!, new FailureMemory("AAAA", Start, -1, null, false, null, new ExcerptMemory(null, null, 1))],
            Changes = [new ChangeMemory(Start, "nobody knows"), null!],
        }.Past(Start.AddDays(1));
        Assert.Equal((0, 0, 0, 0), (past.Results.Length, past.Failures.Length, past.Changes.Length, past.Hours.Hours.Length));
    }

    [Theory]
    [InlineData("aé", 240)]
    [InlineData("\U0001F600", 239)]
    [InlineData("x", 240)]
    public void FailureRun_LongDetail_IsCutBetweenCharacters(string part, int bytes)
    {
        var run = new FailureRun(new RecentResult(Miss(FailureReason.Refused), Start), string.Concat(Enumerable.Repeat(part, 500)));
        Assert.EndsWith("…", run.Detail, StringComparison.Ordinal);
        Assert.Equal(bytes, Encoding.UTF8.GetByteCount(run.Detail));
        Assert.DoesNotContain('\uFFFD', run.Detail);
        Assert.Equal("short", new FailureRun(new RecentResult(Miss(FailureReason.Refused), Start), "short").Detail);
    }

    private static string Words(FailureRun run) =>
        $"{run.First} {run.Last:O} {run.Count} {run.Reason} {run.Detail} {run.WasDown} {run.Received?.FrameCount} {string.Join(",", run.Received?.Frames.Select(frame => Convert.ToHexString(frame.Bytes.Span)) ?? [])}";

    private static ProbeResult Miss(FailureReason reason, string detail = "words") => ProbeResult.Miss(reason, detail, reachable: true);

    private void Record(ProbeResult result, TargetState? after = null)
    {
        _now += TimeSpan.FromSeconds(1);
        var transition = new TargetTransition(_state, after ?? _state);
        _state = transition.After;
        _history.Record(result, _now, transition, _messages);
        _messages.Clear();
    }
}
