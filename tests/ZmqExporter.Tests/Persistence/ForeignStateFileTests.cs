using Microsoft.Extensions.Logging;
using ZmqExporter.Policy;
using ZmqExporter.Targets;

namespace ZmqExporter.Tests.Persistence;

/// <summary>Whatever may stand where the state file should be.</summary>
public sealed class ForeignStateFileTests : StateFileTestBase
{
    private const string SavedAt = "\"saved_at\": \"2026-01-01T00:00:00Z\"";

    // A mistyped path: a configuration, a key, a list of targets.
    [Theory]
    [InlineData("modules: {}\n")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"format\": \"something else\", \"saved_at\": \"2026-01-01T00:00:00Z\", \"targets\": []}")]
    public void Save_ForeignFile_IsLeftAloneUntilItIsMoved(string text)
    {
        File.WriteAllText(StatePath, text);
        Target(Restart(), "a").Record(Answer());
        _saved!.Save();
        _saved.End();

        Assert.Equal(text, File.ReadAllText(StatePath));
        Assert.Equal([StatePath], Directory.GetFiles(_directory));
        Assert.Single(Logged(LogLevel.Warning), line => line.StartsWith("the state file is ignored", StringComparison.Ordinal));
        Assert.Single(Logged(LogLevel.Error)); // said once

        Target(Restart(), "a").Record(Answer());
        File.Delete(StatePath);
        _saved.End();
        Assert.Equal(1, Target(Restart(), "a").Snapshot().Probes);
    }

    // Of another version, as after a downgrade, or cut off.
    [Theory]
    [InlineData("{\"format\": \"zmq_exporter state 2\", \"targets\": 7}")]
    [InlineData("{\"format\":\"zmq_exporter state 1\",\"saved_at\":\"2026-01-01T0")]
    [InlineData("{\n  \"format\": \"zmq_exporter state 1\", \"saved_at\": \"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"format\": \"zmq_exporter state 1\", \"saved_at\": \"2026-01-01T00:00:00Z\", \"targets\": [null]}")]
    [InlineData("{\"format\": \"zmq_exporter state 1\", \"saved_at\": \"2026-01-01T00:00:00Z\", \"targets\": [{\"target\": \"a\"}]}")]
    public void Save_StateFileThatCannotBeUsed_IsSetAsideOnce(string text)
    {
        for (var i = 1; i <= 2; i++)
        {
            File.WriteAllText(StatePath, text);
            Target(Restart(), "a").Record(Answer());
            _saved!.End();
            Assert.Equal(1, Target(Restart(), "a").Snapshot().Probes);
            _saved.End();
            Assert.Equal(i + 1, Directory.GetFiles(_directory).Length);
            Assert.Equal(i, Logged(LogLevel.Warning).Count(line => line.StartsWith("the state file could not be used and was set aside", StringComparison.Ordinal)));
        }

        Assert.Equal([text, text], new[] { ".ignored", ".ignored.2" }.Select(suffix => File.ReadAllText(StatePath + suffix)), StringComparer.Ordinal);
    }

    // Somebody has made it so that it belongs to the right user.
    [Fact]
    public void Save_EmptyFile_IsReplaced()
    {
        File.WriteAllText(StatePath, "");
        Target(Restart(), "a").Record(Answer());
        _saved!.End();
        Assert.Equal(1, Target(Restart(), "a").Snapshot().Probes);
        Assert.Empty(Logged(LogLevel.Warning));
    }

    [Fact]
    public void Save_Link_StaysOne()
    {
        var real = Path.Combine(_directory, "real.json");
        File.CreateSymbolicLink(StatePath, real);
        Target(Restart(), "a").Record(Answer());
        _saved!.End();
        Assert.Equal(1, Target(Restart(), "a").Snapshot().Probes);
        Assert.Equal(real, new FileInfo(StatePath).LinkTarget);
    }

    // In a directory where others may write.
    [Fact]
    public void Save_LinkInThePlaceOfTheNextFile_IsNotFollowed()
    {
        var victim = Path.Combine(_directory, "victim");
        File.WriteAllText(victim, "important");
        File.CreateSymbolicLink(StatePath + ".new", victim);
        Restart();
        Assert.Equal("important", File.ReadAllText(victim));
        Assert.True(File.Exists(StatePath));
    }

    [Fact]
    public void Use_AnotherExportersFile_IsSetAside()
    {
        Target(Restart(), "a").Record(Answer());
        _saved!.End();
        var text = File.ReadAllText(StatePath);
        Restart("other.json");
        _saved.Use(StatePath); // a reload
        _saved.Save();
        Assert.Equal(text, File.ReadAllText(StatePath + ".ignored"));
    }

    // Whatever stands in the fields of a file that is one of ours.
    [Theory]
    [InlineData("\"state\": \"exploded\", \"failures\": {\"no_such\": 3}")]
    [InlineData("\"round_trips\": {\"bounds\": [], \"counts\": [1, 2, 3], \"sum\": 1, \"created\": \"2026-01-01T00:00:00Z\", \"zeros\": 0, \"exponential\": [1]}")]
    [InlineData("\"last_probe\": \"2036-01-01T00:00:00Z\", \"state\": \"down\"")]
    [InlineData("\"recent\": [{\"at\": \"2026-01-01T00:00:00Z\", \"outcome\": \"x\"}], \"side_changes\": [\"2036-01-01T00:00:00Z\"]")]
    public void Begin_StrangeValues_BecomeNothing(string fields)
    {
        var snapshot = Restored($"\"state_since\": \"2026-01-01T00:00:00Z\", \"probes\": 7, {fields}");
        Assert.Equal((TargetState.Unknown, 0L, 7L), (snapshot.State, snapshot.RoundTrips!.Count, snapshot.Probes));
        Assert.All(snapshot.Failures, count => Assert.Equal(0, count));
        Assert.Equal(_time.GetUtcNow(), snapshot.Created);
    }

    [Theory]
    [InlineData("\"probes\": -100")]
    [InlineData("\"misses_in_all\": 9223372036854775807")]
    [InlineData("\"misses\": -5")]
    [InlineData("\"failures\": {\"refused\": -1}")]
    [InlineData("\"last_success\": \"0001-01-01T00:00:00Z\"")]
    [InlineData("\"state_since\": \"0001-01-01T00:00:00Z\"")]
    [InlineData("\"round_trips\": {\"bounds\": [1], \"counts\": [1, 1], \"sum\": \"NaN\", \"created\": \"2026-01-01T00:00:00Z\", \"zeros\": 0, \"exponential\": []}")]
    [InlineData("\"round_trips\": {\"bounds\": [1], \"counts\": [1, 1], \"sum\": 1, \"created\": \"2026-01-01T00:00:00Z\", \"zeros\": 0, \"exponential\": [3, -1]}")]
    [InlineData("\"subscription\": {\"messages\": -1}")]
    public void Begin_ValuesThatCannotBe_AreSaidAndThatTargetBeginsAfresh(string field)
    {
        var since = field.Contains("state_since", StringComparison.Ordinal) ? "" : "\"state_since\": \"2026-01-01T00:00:00Z\", ";
        var snapshot = Restored($"{since}\"late\": 3, {field}");
        Assert.Equal((TargetState.Unknown, 0L), (snapshot.State, snapshot.Late));
        Assert.Single(Logged(LogLevel.Warning), line => line.StartsWith("what the state file says of some targets cannot be true", StringComparison.Ordinal));
    }

    [Fact]
    public void Begin_DirectoryIsGone_IsSaidAtOnceAndOnceAndNothingIsLost()
    {
        var targets = Restart("gone/state.json");
        Assert.Single(Logged(LogLevel.Error));
        _saved!.Save();
        Assert.Single(Logged(LogLevel.Error));
        Directory.CreateDirectory(Path.Combine(_directory, "gone"));
        _saved.Save();
        Assert.True(File.Exists(Path.Combine(_directory, "gone", "state.json")));
        Assert.Equal(0, targets.Count);
    }

    private TargetSnapshot Restored(string fields)
    {
        File.WriteAllText(
            StatePath, $$"""{"format": "zmq_exporter state 1", "ended": true, {{SavedAt}}, "targets": [{"target": "a", "module": "ping", {{SavedAt}}, {{fields}}}]}""");
        return Target(Restart(), "a").Snapshot(withExponential: true);
    }

    private IEnumerable<string> Logged(LogLevel level) => _logs.GetSnapshot().Where(record => record.Level == level).Select(record => record.Message);
}
