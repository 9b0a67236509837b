using ZmqExporter.Discovery;

namespace ZmqExporter.Tests.Discovery;

/// <summary>Sources whose settings change while their lists are good, broken or not there yet.</summary>
public sealed class ChangedSourcesTests : IDisposable
{
    private const string One = "[{\"targets\": [\"tcp://u:1\"]}]";

    private readonly SourcesUnderTest _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("refresh_interval: 50s")]
    [InlineData("timeout: 3s")]
    [InlineData("authorization: {credentials: other}")]
    [InlineData("basic_auth: {username: a, password: b}")]
    public async Task Apply_SettingOfAUrl_KeepsItsTargetsUntilTheNextAnswer(string setting)
    {
        _test.Start(Urls("refresh_interval: 60s"));
        Answer(One);
        var before = await _test.SamplesAsync("last_success_timestamp_seconds");

        var diff = _test.Reload(Urls(setting));

        Assert.True(diff.IsEmpty);
        Assert.Equal("tcp://u:1", _test.Names);
        Assert.Equal("{source=\"http://h/a\"} 1", await _test.SamplesAsync("targets"));
        Answer(null, "the answer is 401 Unauthorized"); // it is asked at once, and the new password is wrong
        Assert.Equal("tcp://u:1", _test.Names);
        Assert.EndsWith("its targets stay as they were when it was good last source=http://h/a errors=1", _test.TakeLog()[^1], StringComparison.Ordinal);
        Assert.Equal(before, await _test.SamplesAsync("last_success_timestamp_seconds"));
    }

    [Fact]
    public void Apply_SettingOfAUrl_TheAnswerToTheOldOneIsDropped()
    {
        _test.Start(Urls("refresh_interval: 60s"));
        var asked = Assert.Single(_test.Sources.TakeDue());
        _test.Reload(Urls("refresh_interval: 50s"));
        Answer("[]");
        _test.Sources.Answered(asked, new FetchResult(One, null));

        Assert.Equal("", _test.Names);
    }

    [Fact]
    public void Apply_PatternOfAFileThatIsBroken_KeepsWhatWasGoodLast()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        _test.Start(SourcesUnderTest.Modules + "target_files: [a.yml]");
        _test.Write("a.yml", "broken");
        LookTwice();

        Assert.True(_test.Reload(SourcesUnderTest.Modules + "target_files: ['*.yml']").IsEmpty);
        Assert.Equal("a", _test.Names);

        _test.Write("a.yml", SourcesUnderTest.List("a", "b"));
        LookTwice();
        Assert.Equal("a b", _test.Names);
    }

    [Fact]
    public void Answered_NeverGood_IsSaidSoAndAskedSoon()
    {
        _test.Start(Urls("refresh_interval: 1h"));
        Answer(null, "connection refused");
        Assert.Equal("a list of targets is wrong and has not been good since the start: it has no targets source=http://h/a errors=1", _test.TakeLog()[^1]);

        _test.Metrics.Time.Advance(TimeSpan.FromSeconds(30));
        Answer(One);
        Assert.Equal("tcp://u:1", _test.Names);
        _test.Metrics.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Empty(_test.Sources.TakeDue());
        _test.Metrics.Time.Advance(TimeSpan.FromMinutes(1));
        Answer(null, "connection refused");
        _test.Metrics.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(_test.Sources.TakeDue()); // there are targets to keep
    }

    // What a URL answered an hour ago is as old as that, whatever happens to the config and to files.
    [Fact]
    public async Task Apply_OfAnythingElse_DoesNotMakeAnAnswerYounger()
    {
        _test.Start(Urls("refresh_interval: 1h"));
        Answer(One);
        var before = await _test.SamplesAsync("last_success_timestamp_seconds");
        _test.Metrics.Time.Advance(TimeSpan.FromMinutes(10));

        _test.Reload(Urls("refresh_interval: 1h") + "targets: [{name: own, endpoint: 'tcp://own:1'}]\n");

        Assert.NotEmpty(before);
        Assert.Equal(before, await _test.SamplesAsync("last_success_timestamp_seconds"));
    }

    [Fact]
    public async Task Look_FileTakesTheNameOfAUrlsTarget_IsAConflictOfTheUrl()
    {
        _test.Start(SourcesUnderTest.Modules + "target_files: ['*.yml']\ntarget_urls: [{url: 'http://h/a', refresh_interval: 1h}]\n");
        Answer("[{\"targets\": [\"tcp://u:1\"], \"labels\": {\"__zmq_name__\": \"same\"}}]");
        _test.Write("a.yml", SourcesUnderTest.List("same"));
        LookTwice();

        Assert.Equal("{source=\"*.yml\"} 0 {source=\"http://h/a\"} 1", await _test.SamplesAsync("conflicts"));
    }

    [Fact]
    public void Start_TwoPatternsHaveOneFile_IsSaidSo()
    {
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        _test.Start(SourcesUnderTest.Modules + "target_files: ['*.yml', 'a*.yml']\n");

        Assert.Equal("a", _test.Names);
        Assert.Contains("\"a\" is there twice, because two entries of target_files have this file", Assert.Single(_test.TakeLog()), StringComparison.Ordinal);
    }

    [Fact]
    public void Look_CouldNotBePutInForce_IsTriedAgain()
    {
        _test.Start(SourcesUnderTest.Modules + "target_files: ['*.yml']");
        _test.Fault = new InvalidOperationException("a bug");
        _test.Write("a.yml", SourcesUnderTest.List("a"));
        _test.Sources.Look();
        Assert.Throws<InvalidOperationException>(_test.Sources.Look);

        _test.Fault = null;
        _test.Sources.Look();

        Assert.Equal("a", Assert.Single(Assert.Single(_test.Diffs).Added).Name);
    }

    private static string Urls(string setting) => SourcesUnderTest.Modules + $"target_urls: [{{url: 'http://h/a', {setting}}}]\n";

    private void Answer(string? text, string? failure = null) =>
        _test.Sources.Answered(Assert.Single(_test.Sources.TakeDue()), new FetchResult(text, failure));

    private void LookTwice()
    {
        _test.Sources.Look();
        _test.Sources.Look();
    }
}
