using System.Net;
using ZmqExporter.OnDemand;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Http.Pages;

public sealed class ProbeNowTests
{
    private const string Path = "/targets/a%2Fb/ping/probe";

    [Fact]
    public async Task Post_FromItsOwnPage_LeadsToTheReport()
    {
        await using var test = await StartAsync();
        test.ProbeNow = (target, _) => Task.FromResult(new ProbeAnswer(null) { Id = target.Key.Target == "a/b" ? 7 : 0 });
        using var response = await test.SendAsync(HttpMethod.Post, Path, ("Sec-Fetch-Site", "same-origin"), ("Origin", "http://localhost"));
        Assert.Equal((HttpStatusCode.SeeOther, "../../../probe/7"), (response.StatusCode, response.Headers.Location?.OriginalString));
        Assert.Equal(0, test.Metrics.Targets.Snapshots()[0].Probes);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "http://elsewhere")]
    [InlineData("Origin", "null")]
    public async Task Post_FromAnotherPage_IsRefused(string header, string value)
    {
        await using var test = await StartAsync();
        test.ProbeNow = (_, _) => throw new InvalidOperationException("it was probed");
        using var response = await test.SendAsync(HttpMethod.Post, Path, (header, value));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Post_Off_SaysHowToTurnItOn()
    {
        await using var test = await StartAsync();
        using var response = await test.SendAsync(HttpMethod.Post, Path);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("--web.enable-lifecycle", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Null((await test.GetPageAsync("/targets/a%2Fb/ping")).QuerySelector("form[method=post]"));
    }

    [Theory]
    [InlineData(true, HttpStatusCode.ServiceUnavailable)]
    [InlineData(false, HttpStatusCode.BadRequest)]
    public async Task Post_NoProbe_SaysWhy(bool isBusy, HttpStatusCode expected)
    {
        await using var test = await StartAsync();
        test.ProbeNow = (_, _) => Task.FromResult(isBusy ? ProbeAnswer.Busy("too many") : ProbeAnswer.Bad("no"));
        using var response = await test.SendAsync(HttpMethod.Post, Path);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Page_On_HasTheButton()
    {
        await using var test = await StartAsync();
        test.ProbeNow = (_, _) => Task.FromResult(ProbeAnswer.Bad("no"));
        Assert.Equal("../../targets/a%2Fb/ping/probe", (await test.GetPageAsync("/targets/a%2Fb/ping")).QuerySelector("form[method=post]")?.GetAttribute("action"));
    }

    [Theory]
    [InlineData("GET", Path, HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/targets/none/ping/probe", HttpStatusCode.NotFound)]
    public async Task Send_OtherMethodOrTarget_ProbesNothing(string method, string path, HttpStatusCode expected)
    {
        await using var test = await StartAsync();
        test.ProbeNow = (_, _) => throw new InvalidOperationException("it was probed");
        using var response = await test.SendAsync(new HttpMethod(method), path);
        Assert.True(response.StatusCode == expected || (method == "GET" && response.StatusCode == HttpStatusCode.NotFound), $"{response.StatusCode}");
    }

    private static async Task<HttpUnderTest> StartAsync()
    {
        var test = await HttpUnderTest.StartAsync();
        test.Metrics.Targets.Set(MetricsUnderTest.Target("a/b"));
        return test;
    }
}
