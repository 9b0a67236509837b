using ZmqExporter.Cli;
using ZmqExporter.Http;
using ZmqExporter.Tests.Cli;

namespace ZmqExporter.Tests.Http;

public sealed class PublicUrlTests
{
    [Theory]
    [InlineData("https://monitoring.example", "https://monitoring.example", "")]
    [InlineData("https://monitoring.example/", "https://monitoring.example", "")]
    [InlineData("http://Host:19555/zmq/", "http://host:19555/zmq", "/zmq")]
    [InlineData("http://[::1]:80/a/b", "http://[::1]/a/b", "/a/b")]
    [InlineData("https://h/a%20b/", "https://h/a%20b", "/a b")]
    public void TryParse_Url_IsShownWithoutASlashAtItsEnd(string text, string shown, string path)
    {
        Assert.True(PublicUrl.TryParse(text, out var url, out _));
        Assert.Equal((shown, path), (url.Text, url.Path.Value));
    }

    [Theory]
    [InlineData("monitoring.example", "is no absolute URL of http or https: write all of it, such as https://monitoring.example/zmq")]
    [InlineData("/zmq", "is no absolute URL")]
    [InlineData("ftp://h/zmq", "is no absolute URL")]
    [InlineData("http://", "is no absolute URL")]
    [InlineData("https://me:secret@h", "leave out what stands before the @")]
    [InlineData("https://h/?", "leave out the ? and what follows it")]
    [InlineData("https://h/?a=b", "leave out the ? and what follows it")]
    [InlineData("https://h/#a", "leave out the # and what follows it")]
    [InlineData("https://h/metrics", "begins with /metrics, which is an address of the exporter's own: take another path")]
    [InlineData("https://h/Targets/x", "begins with /targets")]
    public async Task Serve_ExternalUrlThatIsNone_SaysWhatIsWrongAndHowToMendIt(string text, string expected)
    {
        var (exitCode, _, error) = await CommandRun.RunAsync("serve", "--web.external-url=" + text);
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.StartsWith("zmq_exporter: --web.external-url: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_DashboardUrlThatIsNone_IsAUsageError()
    {
        var (exitCode, _, error) = await CommandRun.RunAsync("serve", "--web.dashboard-url=grafana");
        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.StartsWith("zmq_exporter: --web.dashboard-url: \"grafana\" is no absolute URL", error, StringComparison.Ordinal);
    }
}
