using System.Net;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Metrics;
using ZmqExporter.Tests.OnDemand;

namespace ZmqExporter.Tests.Http.Pages;

public sealed class BoardPageTests
{
    [Fact]
    public async Task Get_Targets_ShowsTheWorstFirstWithWhatIsKnown()
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync("/");

        Assert.Equal(["broken", "shaky", "new", "fine", "well"], page.Names(), StringComparer.Ordinal);
        Assert.Equal("1 down, 1 suspect – zmq_exporter", page.Title);
        var broken = page.QuerySelector("tr[data-key='broken/ping']")!;
        Assert.Equal("down for 5 min 3 misses in a row flapping", broken.Texts("td")[0]);
        Assert.Equal("connection refused no luck 5 min ago", broken.Text("td.last"));
        Assert.Equal("tcp://orders.internal:5555", broken.Text(".endpoint"));
        Assert.Equal(["25 %", "25 %"], broken.Texts("td.number"), StringComparer.Ordinal);
        Assert.Equal("Last 4 results: 1 on time, 3 missed; newest: missed: connection refused", broken.QuerySelector("svg.bar")!.GetAttribute("aria-label"));
        Assert.Equal("Round trips: 2 ms to 2 ms, newest 2 ms; late after 500 ms", broken.QuerySelector("svg.spark")!.GetAttribute("aria-label"));
        Assert.Equal("./targets/broken/ping", broken.QuerySelector("th a")!.GetAttribute("href"));
        Assert.Equal("5 of 5 targets, the worst first. As of 2026-01-02 03:09:05 UTC.", page.Text("caption"));
    }

    [Fact]
    public async Task Get_States_AreLinksThatKeepTheRest()
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync("/?state=down&q=fi&group=module");

        Assert.Equal(["1 all", "0 down", "0 suspect", "0 degraded", "0 unknown", "1 up"], page.Texts(".states a"), StringComparer.Ordinal);
        Assert.Equal("./?q=fi&state=up&group=module", page.QuerySelectorAll(".states a")[^1].GetAttribute("href"));
        Assert.Equal("0 down", page.Text(".states a[aria-current]"));
        Assert.Equal(["“fi” ✕", "state: down ✕"], page.Texts(".chips li"), StringComparer.Ordinal);
        Assert.Equal("./?q=fi&group=module", page.QuerySelectorAll(".chips a")[1].GetAttribute("href"));
    }

    [Theory]
    [InlineData("?q=fi", "fine")]
    [InlineData("?state=up", "fine", "well")]
    [InlineData("?label.team=ops", "well")]
    [InlineData("?label=team%3Dops", "well")]
    [InlineData("?q=&state=&module=&label=&group=", "broken", "shaky", "new", "fine", "well")]
    [InlineData("?limit=2&offset=1", "shaky", "new")]
    [InlineData("?offset=77")]
    [InlineData("?q=nothing+like+that")]
    public async Task Get_Query_ShowsThoseThatMatch(string query, params string[] names)
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync("/" + query);
        Assert.Equal(names, page.Names(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Get_Form_HasWhatIsAskedFor()
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync("/?q=some+words&state=down&label.team=ops&group=label.team");

        Assert.Equal("some words", page.QuerySelector("input[name=q]")!.GetAttribute("value"));
        Assert.Equal(["down", "ops", "team"], page.Texts("form option[selected]"), StringComparer.Ordinal);
        Assert.Equal("get", page.QuerySelector("form")!.GetAttribute("method"));
    }

    [Theory]
    [InlineData("module", "ping", "1 down, 1 suspect, 1 unknown, 2 up")]
    [InlineData("state", "down", "1 down")]
    [InlineData("label.team", "without team", "1 down, 1 suspect, 1 unknown")]
    public async Task Get_Group_HasHeadings(string group, string first, string counts)
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync("/?group=" + group);
        Assert.Equal($"{first} {counts}", page.Texts("tr.heading")[0]);
        Assert.Equal(5, page.Names().Length);
    }

    [Fact]
    public async Task Get_GroupOverTwoPages_CountsAllOfIt()
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync("/?group=state&limit=2&offset=3");
        Assert.Equal(["fine", "well"], page.Names(), StringComparer.Ordinal);
        Assert.Equal(["up 2 up"], page.Texts("tr.heading"), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Get_ManyTargets_ArePages()
    {
        await using var test = await HttpUnderTest.StartAsync();
        for (var i = 0; i < 250; i++)
        {
            test.Metrics.Targets.Set(MetricsUnderTest.Target($"t{i}"));
        }

        using var first = await test.GetPageAsync("/");
        using var last = await test.GetPageAsync("/?offset=200");
        Assert.Equal((100, 50), (first.Names().Length, last.Names().Length));
        Assert.Contains(": 1 to 100.", first.Text("caption"), StringComparison.Ordinal);
        Assert.Equal("./?offset=100", Assert.Single(first.QuerySelectorAll(".pages a")).GetAttribute("href"));
        Assert.Equal("./?offset=100", Assert.Single(last.QuerySelectorAll(".pages a")).GetAttribute("href"));
        Assert.Equal("Previous page", last.Text(".pages a"));
    }

    [Fact]
    public async Task Get_NothingThere_SaysSo()
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var empty = await test.GetPageAsync("/");
        Assert.Equal("There are no targets.", empty.Text(".empty"));
        test.Metrics.Targets.Set(MetricsUnderTest.Target());
        test.Metrics.Time.Advance(TimeSpan.FromSeconds(2)); // the board is made again
        using var none = await test.GetPageAsync("/?q=x");
        Assert.Equal("No target is like that. Show all 1", none.Text(".empty"));
    }

    [Fact]
    public async Task Get_WrongQuery_SaysWhatAndLeadsBack()
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var page = await test.GetPageAsync("/?state=dwn", HttpStatusCode.BadRequest);
        Assert.Equal("state=\"dwn\" is none of unknown, up, suspect, degraded, down", page.Text("main p"));
        Assert.Equal("./", page.QuerySelector("main a")!.GetAttribute("href"));
        using var label = await test.GetPageAsync("/?label=team", HttpStatusCode.BadRequest);
        Assert.Equal("label=\"team\" is not NAME=VALUE", label.Text("main p"));
    }

    [Fact]
    public async Task Get_TheExporterItself_IsOnThePage()
    {
        await using var test = await HttpUnderTest.StartAsync(shard: new Shard(1, 3));
        test.Problems.Add("something is <wrong>");
        test.Recent.Add(Reports.Of(Reports.Good));
        test.Recent.Add(Reports.Of(Reports.Bad));
        using var page = await test.GetPageAsync("/");

        Assert.Equal("something is <wrong>", page.Text(".problems li"));
        Assert.Contains("This is shard 1/3 of the targets", page.Text("main"), StringComparison.Ordinal);
        Assert.Equal(["./metrics", "./-/healthy", "./-/ready", "./config", "./docs/", "./api/v1/targets"], page.QuerySelectorAll("header nav a").Select(link => link.GetAttribute("href")), StringComparer.Ordinal);
        Assert.StartsWith("Version ", page.Text("footer"), StringComparison.Ordinal);
        Assert.Equal(
            "2026-01-02 03:04:05 UTC tcp://127.0.0.1:1 ping failure: refused 0.250 s log of probe 2",
            string.Join(' ', page.QuerySelector("section tbody tr")!.Texts("td")));
        Assert.Equal("./probe/2", page.QuerySelector("section tbody a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task Get_Fragment_IsThePartThatChanges()
    {
        await using var test = await StartAsync();
        var text = await test.GetTextAsync("/?fragment=1&state=up");
        Assert.StartsWith("<main id=\"live\"", text, StringComparison.Ordinal);
        using var page = await test.GetPageAsync("/?fragment=1&state=up");
        Assert.Equal(["fine", "well"], page.Names(), StringComparer.Ordinal);
        Assert.DoesNotContain("fragment", text, StringComparison.Ordinal); // no link leads to half a page
    }

    private static async Task<HttpUnderTest> StartAsync()
    {
        var test = await HttpUnderTest.StartAsync();
        var targets = test.Metrics.Targets;
        targets.Set(MetricsUnderTest.Target("fine", labels: ("team", "trading"))).Record(MetricsUnderTest.OnTime());
        targets.Set(MetricsUnderTest.Target("new"));
        targets.Set(MetricsUnderTest.Target("well", labels: ("team", "ops"))).Record(MetricsUnderTest.OnTime());
        targets.Set(MetricsUnderTest.Target("shaky")).Record(MetricsUnderTest.Miss(FailureReason.Silent));
        var broken = targets.Set(MetricsUnderTest.Target("broken"));
        broken.Record(MetricsUnderTest.OnTime());
        Miss(broken, 3);
        test.Metrics.Time.Advance(TimeSpan.FromMinutes(5));
        return test;
    }

    private static void Miss(Target target, int times)
    {
        for (var i = 0; i < times; i++)
        {
            target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        }
    }
}
