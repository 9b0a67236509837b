using ZmqExporter.Discovery;

namespace ZmqExporter.Tests.Discovery;

public sealed class TargetSourcesTests : IDisposable
{
    private const string Files = SourcesUnderTest.Modules + "target_files: [\"*.yml\", \"*.json\"]\n";

    private readonly SourcesUnderTest _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Start_Files_AreReadInOrderAfterTheConfigsOwn()
    {
        _test.Write("b.yml", SourcesUnderTest.List("b"));
        _test.Write("a.yml", SourcesUnderTest.List("a1", "a2"));
        _test.Write("c.json", "[{\"targets\": [\"tcp://c:1\"]}]");
        _test.Start(Files + "targets: [{name: own, endpoint: 'tcp://own:1'}]\n");

        Assert.Equal("own a1 a2 b tcp://c:1", _test.Names);
        Assert.Equal("{source=\"*.yml\"} 3 {source=\"*.json\"} 1", await _test.SamplesAsync("targets"));
        Assert.Equal("{source=\"*.yml\"} 1 {source=\"*.json\"} 1", await _test.SamplesAsync("last_refresh_successful"));
        Assert.Empty(_test.TakeLog());
    }

    [Fact]
    public void Look_FileChanges_IsAppliedOnceItStandsStill()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a", "b"));
        _test.Start(Files);
        _test.Sources.Look();
        _test.Write("a.yml", SourcesUnderTest.List("a", "bb", "c"));
        _test.Sources.Look();
        Assert.Empty(_test.Diffs); // somebody may be writing still

        _test.Sources.Look();
        _test.Sources.Look();

        var diff = Assert.Single(_test.Diffs);
        Assert.Equal(["bb", "c"], diff.Added.Select(target => target.Name), StringComparer.Ordinal);
        Assert.Equal("b", Assert.Single(diff.Removed).Target);
        Assert.Equal(["targets changed cause=changed files added=2 changed=0 removed=1 unchanged=1"], _test.TakeLog());
    }

    [Fact]
    public void Look_TargetMovesFromOneFileToAnother_IsNoChange()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a", "moves"));
        _test.Write("b.yml", SourcesUnderTest.List("b"));
        _test.Start(Files);
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        _test.Sources.Look();
        _test.Write("b.yml", SourcesUnderTest.List("b", "moves"));
        _test.Sources.Look();
        _test.Sources.Look();

        Assert.Equal("a b moves", _test.Names);
        Assert.All(_test.Diffs, diff => Assert.True(diff.IsEmpty));
    }

    [Fact]
    public void Look_FileIsWrittenAllTheTime_OthersAreSeen()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        _test.Start(Files);
        _test.Write("b.yml", SourcesUnderTest.List("b"));
        for (var i = 0; i < 6; i++)
        {
            _test.Write("a.yml", SourcesUnderTest.List("a", new string('x', i + 1)));
            _test.Sources.Look();
        }

        Assert.Contains(" b", _test.Names, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("- targets: [tcp://a:1\n")]
    [InlineData("")]
    [InlineData("- targets: [tcp://a:1, b:1]\n")]
    public async Task Look_FileBreaksAndIsMended_KeepsWhatWasGoodLast(string broken)
    {
        _test.Write("a.yml", SourcesUnderTest.List("a", "b"));
        _test.Start(Files);
        _test.Write("a.yml", broken);
        LookTwice();
        LookTwice();

        Assert.Empty(_test.Diffs);
        Assert.Equal("a b", _test.Names);
        Assert.StartsWith("{source=\"*.yml\"} 0 ", await _test.SamplesAsync("last_refresh_successful"), StringComparison.Ordinal);
        Assert.StartsWith("{source=\"*.yml\"} 1 ", await _test.SamplesAsync("failures_total"), StringComparison.Ordinal);
        Assert.StartsWith("{source=\"*.yml\"} 2 ", await _test.SamplesAsync("targets"), StringComparison.Ordinal);
        var lines = _test.TakeLog();
        Assert.Contains("a.yml:", lines[0], StringComparison.Ordinal);
        Assert.Equal("a list of targets is wrong: its targets stay as they were when it was good last source=*.yml errors=1", lines[^1]);

        _test.Write("a.yml", SourcesUnderTest.List("a", "c"));
        LookTwice();

        Assert.Equal("a c", _test.Names);
        Assert.StartsWith("{source=\"*.yml\"} 1 ", await _test.SamplesAsync("last_refresh_successful"), StringComparison.Ordinal);
        Assert.Equal("all lists of targets of this source are good again source=*.yml", _test.TakeLog()[^1]);
    }

    [Fact]
    public async Task Look_LastSuccess_IsTheLastLookAtWhichAllWasGood()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        _test.Start(SourcesUnderTest.Modules + "target_files: [a.yml]");
        _test.Metrics.Time.Advance(TimeSpan.FromSeconds(10));
        _test.Sources.Look();
        var before = await _test.SamplesAsync("last_success_timestamp_seconds");
        _test.Write("a.yml", "broken");
        LookTwice();
        _test.Metrics.Time.Advance(TimeSpan.FromSeconds(10));
        LookTwice();

        Assert.Equal("{source=\"a.yml\"} 1767323055", before); // ten seconds after the start
        Assert.Equal(before, await _test.SamplesAsync("last_success_timestamp_seconds"));
    }

    // A permission that is mended leaves no trace in length and time.
    [Fact]
    public void Look_FileThatCouldNotBeOpened_IsTriedAgain()
    {
        _test.Locked.Add("a.yml");
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        _test.Start(Files);
        LookTwice();
        LookTwice();
        Assert.Single(_test.TakeLog(), line => line.Contains("permission denied", StringComparison.Ordinal));

        _test.Locked.Clear();
        LookTwice();
        Assert.Equal("a", _test.Names);
    }

    [Fact]
    public void Look_FileIsGone_ItsTargetsAreGone()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        _test.Write("b.yml", SourcesUnderTest.List("b"));
        _test.Start(Files);
        File.Delete(Path.Combine(_test.Directory, "a.yml"));
        LookTwice();

        Assert.Equal("b", _test.Names);
        Assert.Equal("a", Assert.Single(Assert.Single(_test.Diffs).Removed).Target);
    }

    [Fact]
    public async Task Look_TwoOfOneName_TheFirstIsProbedAndBothPlacesAreNamed()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a", "same", "own"));
        _test.Write("b.yml", SourcesUnderTest.List("same", "b"));
        _test.Start(Files + "targets: [{name: own, endpoint: 'tcp://own:1'}]\n");

        Assert.Equal("own a same b", _test.Names);
        Assert.Equal("tcp://own:1", _test.Sources.Targets[0].Endpoint.ToString());
        Assert.Equal("{source=\"*.yml\"} 2 {source=\"*.json\"} 0", await _test.SamplesAsync("conflicts"));
        var at = _test.Directory;
        Assert.Equal(
            [
                $"a target is left out error={at}/a.yml:5:13: the name \"own\" is taken by the target at {at}/zmq.yml:4:18, and this one is left out; give each target a name of its own with __zmq_name__, in a group of its own, or list several modules in one target",
                $"a target is left out error={at}/b.yml:1:13: the name \"same\" is taken by the target at {at}/a.yml:3:13, and this one is left out; give each target a name of its own with __zmq_name__, in a group of its own, or list several modules in one target",
            ],
            _test.TakeLog());

        LookTwice();
        Assert.Empty(_test.TakeLog()); // said once
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        LookTwice();
        Assert.Equal("own a same b", _test.Names); // the other one has taken its place
        Assert.Equal("{source=\"*.yml\"} 0 {source=\"*.json\"} 0", await _test.SamplesAsync("conflicts"));
    }

    [Fact]
    public void Apply_SourcesUnchanged_DisturbsNothing()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        const string url = "target_urls: [{url: 'http://h/a'}]\n";
        _test.Start(Files + url);
        Answer("[{\"targets\": [\"tcp://u:1\"]}]");

        var diff = _test.Reload(Files + url + "targets: [{name: own, endpoint: 'tcp://own:1'}]\n");

        Assert.Equal(("own", 0, 0, 2), (Assert.Single(diff.Added).Name, diff.Changed.Length, diff.Removed.Length, diff.Unchanged));
        Assert.Empty(_test.Sources.TakeDue()); // it is asked when it is time, and not because of the config
        Assert.Equal("own a tcp://u:1", _test.Names);
    }

    [Fact]
    public async Task Apply_SourcesComeAndGo_SoDoTheirTargetsAndSeries()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        _test.Write("b.json", "[{\"targets\": [\"tcp://b:1\"]}]");
        _test.Start(SourcesUnderTest.Modules + "target_files: [a.yml]");

        var diff = _test.Reload(SourcesUnderTest.Modules + "target_files: [b.json]");

        Assert.Equal(("tcp://b:1", "a"), (Assert.Single(diff.Added).Name, Assert.Single(diff.Removed).Target));
        Assert.Equal("{source=\"b.json\"} 1", await _test.SamplesAsync("targets"));
        Assert.Equal("{source=\"b.json\"} 0", await _test.SamplesAsync("failures_total"));
    }

    [Fact]
    public void Apply_ModuleChanges_ChangesTheTargetsOfTheSources()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        _test.Start(Files);

        var diff = _test.Reload(Files.Replace("send: [ping]", "send: [pong]", StringComparison.Ordinal));

        Assert.Equal("a", Assert.Single(diff.Changed).Name);
    }

    [Fact]
    public void Apply_ModuleGoesAndComes_TargetsStayMeanwhileAndErrorsAreSaid()
    {
        const string more = "\n  extra: {extends: ping}\n";
        var with = Files.Replace("modules: {ping: {prober: request, send: [ping]}}", "modules:\n  ping: {prober: request, send: [ping]}" + more, StringComparison.Ordinal);
        _test.Write("a.yml", "- targets: [tcp://a:1]\n  labels: {__zmq_modules__: extra}\n");
        _test.Start(with);
        Assert.Equal("tcp://a:1", _test.Names);

        _test.Reload(Files);
        Assert.Equal("tcp://a:1", _test.Names);
        Assert.Contains(_test.TakeLog(), line => line.Contains("there is no module \"extra\"", StringComparison.Ordinal));

        _test.Reload(with);
        Assert.Contains(_test.TakeLog(), line => line.StartsWith("all lists of targets of this source are good again", StringComparison.Ordinal));
    }

    [Fact]
    public void Apply_ListIsBroken_WhatWasGoodLastTakesTheNewModules()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        _test.Start(Files);
        _test.Write("a.yml", "broken");
        LookTwice();

        var diff = _test.Reload(Files.Replace("send: [ping]", "send: [pong]", StringComparison.Ordinal));

        Assert.Equal("a", Assert.Single(diff.Changed).Name);
    }

    [Fact]
    public async Task Answered_Urls_AreAskedInTimeAndKeepWhatWasGoodLast()
    {
        _test.Start(SourcesUnderTest.Modules + "target_urls: [{url: 'http://h/a', refresh_interval: 30s}]\n");
        Assert.Equal("", await _test.SamplesAsync("last_success_timestamp_seconds")); // never yet
        var source = Assert.Single(_test.Sources.TakeDue());
        _test.Metrics.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(_test.Sources.TakeDue()); // the first answer is not there yet
        _test.Sources.Answered(source, new FetchResult("[{\"targets\": [\"tcp://u:1\"]}]", null));
        Assert.Equal("tcp://u:1", _test.Names);

        Answer(null, "the answer is 503");
        _test.Metrics.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(_test.Sources.TakeDue());
        _test.Metrics.Time.Advance(TimeSpan.FromSeconds(1));
        Answer("<html>");
        Assert.Equal("tcp://u:1", _test.Names);
        Assert.Equal("{source=\"http://h/a\"} 2", await _test.SamplesAsync("failures_total"));
        Assert.Equal("{source=\"http://h/a\"} 0", await _test.SamplesAsync("last_refresh_successful"));

        _test.Metrics.Time.Advance(TimeSpan.FromSeconds(30));
        Answer("[]");
        Assert.Equal("", _test.Names);
        Assert.Equal("{source=\"http://h/a\"} 1", await _test.SamplesAsync("last_refresh_successful"));
    }

    [Fact]
    public void Answered_SourceThatIsGone_ChangesNothing()
    {
        _test.Start(SourcesUnderTest.Modules + "target_urls: [{url: 'http://h/a'}]\n");
        var source = Assert.Single(_test.Sources.TakeDue());
        _test.Reload(SourcesUnderTest.Modules);
        _test.Sources.Answered(source, new FetchResult("[{\"targets\": [\"tcp://u:1\"]}]", null));

        Assert.Equal("", _test.Names);
    }

    private void Answer(string? text, string? failure = null) =>
        _test.Sources.Answered(Assert.Single(_test.Sources.TakeDue()), new FetchResult(text, failure));

    private void LookTwice()
    {
        _test.Sources.Look();
        _test.Sources.Look();
    }
}
