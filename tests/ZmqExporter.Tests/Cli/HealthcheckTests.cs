using System.Net;
using ZmqExporter.Cli;

namespace ZmqExporter.Tests.Cli;

public sealed class HealthcheckTests
{
    [Fact]
    public async Task RunAsync_AddressWithAPassword_IsShownWithoutIt()
    {
        Assert.Equal((1, "zmq_exporter: unhealthy: https://h:8443/x answered 200 no\n"), await RunAsync("https://bob:hunter2@h:8443/x", "no"));
    }

    [Theory]
    [InlineData("bob:hunter2@h:1", "--url: what stands there is not an HTTP address; write http://h:1/-/healthy")]
    [InlineData("h:1", "--url: \"h:1\" is not an HTTP address; write http://h:1/-/healthy")]
    public async Task Healthcheck_AddressWithoutItsScheme_IsRefusedWithoutAPassword(string url, string words)
    {
        var (exitCode, _, error) = await CommandRun.RunAsync("healthcheck", $"--url={url}");

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_AnswerOfSomethingElseWithoutAnEnd_IsNotReadToItsEnd()
    {
        var (exitCode, error) = await RunAsync("http://h/-/healthy", new string('x', 65537));

        Assert.Equal(1, exitCode);
        Assert.StartsWith("zmq_exporter: unhealthy: http://h/-/healthy: ", error, StringComparison.Ordinal);
        Assert.Contains("65536", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(string url, string answer)
    {
        using var handler = new Answering(answer);
        using var error = new StringWriter();
        var exitCode = await HealthcheckCommand.RunAsync(new Uri(url), TimeSpan.FromMinutes(1), handler, TextWriter.Null, error, TestContext.Current.CancellationToken);
        return (exitCode, error.ToString());
    }

    private sealed class Answering(string text) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text) });
    }
}
