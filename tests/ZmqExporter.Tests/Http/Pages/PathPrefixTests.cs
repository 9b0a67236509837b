using System.Net;
using System.Text.Json;
using AngleSharp.Dom;
using ZmqExporter.Http;
using ZmqExporter.OnDemand;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Http.Pages;

/// <summary>The exporter below a path of a proxy's, which passes it on or strips it.</summary>
public sealed class PathPrefixTests
{
    private const string External = "https://people.example/a/zmq";
    private static readonly Uri Browser = new(External + "/");

    [Theory]
    [InlineData("/a/zmq", "")]
    [InlineData("", "")]
    [InlineData("/a/zmq", "targets/a%2Fb/ping")]
    [InlineData("", "targets/a%2Fb/ping")]
    [InlineData("/a/zmq", "docs/runbook")]
    [InlineData("", "docs/runbook")]
    public async Task Page_EveryLinkOfIt_StaysBelowThePathAndIsThere(string passedOn, string page)
    {
        await using var test = await StartAsync();
        using var html = await test.GetPageAsync($"{passedOn}/{page}");

        var links = html.QuerySelectorAll("[href], [src], [action], [data-events]")
            .Select(element => Attribute(element, "href", "src", "action", "data-events"))
            .Select(link => new Uri(new Uri(Browser, page), link))
            .Where(link => link.Host == Browser.Host && !link.AbsolutePath.EndsWith("/config", StringComparison.Ordinal)) // that one is not part of this server
            .DistinctBy(static link => link.AbsolutePath, StringComparer.Ordinal)
            .ToList();

        Assert.NotEmpty(links);
        foreach (var link in links)
        {
            Assert.StartsWith(Browser.AbsolutePath, link.AbsolutePath, StringComparison.Ordinal);
            var asked = passedOn + link.AbsolutePath["/a/zmq".Length..] + link.Query;
            using var answer = await test.SendAsync(asked.EndsWith("/probe", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get, asked);
            _ = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken); // who does not read has a place of the others
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Found or HttpStatusCode.SeeOther, $"{asked}: {answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData("GET", "/a/zmq", "", "/a/zmq/")]
    [InlineData("GET", "/a/zmq", "?q=x", "/a/zmq/?q=x")]
    [InlineData("GET", "/a/zmq", "/docs", "/a/zmq/docs/")]
    [InlineData("GET", "", "/docs", "/a/zmq/docs/")]
    [InlineData("POST", "/a/zmq", "/targets/a%2Fb/ping/probe", "/a/zmq/probe/7")]
    [InlineData("POST", "", "/targets/a%2Fb/ping/probe", "/a/zmq/probe/7")]
    public async Task Redirect_ToWhatever_StaysBelowThePath(string method, string passedOn, string path, string expected)
    {
        await using var test = await StartAsync();
        using var answer = await test.SendAsync(new HttpMethod(method), passedOn + path, ("Origin", "https://people.example"), ("Host", "127.0.0.1:19555"));
        Assert.True(answer.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther, $"{answer.StatusCode}");
        Assert.Equal(expected, new Uri(new Uri("https://people.example/a/zmq" + path), answer.Headers.Location!).PathAndQuery);
    }

    // "zmq:1/" alone would be an address of the scheme "zmq".
    [Fact]
    public async Task Redirect_PathWithAColon_StaysThere()
    {
        await using var test = await StartAsync("https://people.example/a/zmq:1");
        using var answer = await test.SendAsync(HttpMethod.Get, "/a/zmq:1");
        Assert.Equal("https://people.example/a/zmq:1/", new Uri(new Uri("https://people.example/a/zmq:1"), answer.Headers.Location!).ToString());
    }

    [Fact]
    public async Task Get_AddressThatIsNone_LeadsToTheBoard()
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync("/a/zmq/targets/b", HttpStatusCode.NotFound);
        Assert.Equal("../", page.QuerySelector("main a")?.GetAttribute("href"));
    }

    [Fact]
    public async Task Get_TargetPage_HasTheUrlToShareAndTheDashboard()
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync("/targets/a%2Fb/ping");
        Assert.Equal(External + "/targets/a%2Fb/ping", page.QuerySelector("a[rel=bookmark]")?.GetAttribute("href"));
        Assert.Equal(
            "https://grafana.example/x/d/zmq-target?var-target=a%2Fb&var-module=ping",
            page.QuerySelectorAll("header nav a").Single(link => link.TextContent == "Dashboard").GetAttribute("href"));
    }

    [Fact]
    public async Task Get_TargetPageWithoutTheFlags_HasNeither()
    {
        await using var test = await HttpUnderTest.StartAsync();
        test.Metrics.Targets.Set(MetricsUnderTest.Target("a/b"));
        using var page = await test.GetPageAsync("/targets/a%2Fb/ping");
        Assert.Equal(["All targets", "JSON"], page.Texts("header nav a"), StringComparer.Ordinal);
    }

    [Fact]
    public void DashboardLink_Names_AreThoseOfTheDashboard()
    {
        using var dashboard = JsonDocument.Parse(Repository.Read("dashboards/zmq-target.json"));
        Assert.Equal(ZmqExporter.Http.Pages.DashboardLink.Uid, dashboard.RootElement.GetProperty("uid").GetString());
        var variables = dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => $"var-{variable.GetProperty("name").GetString()}").ToList();
        Assert.Contains(ZmqExporter.Http.Pages.DashboardLink.TargetVariable, variables, StringComparer.Ordinal);
        Assert.Contains(ZmqExporter.Http.Pages.DashboardLink.ModuleVariable, variables, StringComparer.Ordinal);
    }

    private static string Attribute(IElement element, params string[] names) => names.Select(element.GetAttribute).OfType<string>().First();

    private static async Task<HttpUnderTest> StartAsync(string external = External)
    {
        Assert.True(PublicUrl.TryParse(external, out var exporter, out _));
        Assert.True(PublicUrl.TryParse("https://grafana.example/x/", out var grafana, out _));
        var test = await HttpUnderTest.StartAsync(urls: new PublicUrls(exporter, grafana));
        test.Ready = true;
        test.Metrics.Targets.Set(MetricsUnderTest.Target("a/b"));
        test.ProbeNow = (_, _) => Task.FromResult(new ProbeAnswer(null) { Id = 7 });
        return test;
    }
}
