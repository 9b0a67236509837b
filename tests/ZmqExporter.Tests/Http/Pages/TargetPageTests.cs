using System.Net;
using System.Text;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;
using ZmqExporter.Tests.Metrics;
using Zmtp;

namespace ZmqExporter.Tests.Http.Pages;

public sealed class TargetPageTests
{
    [Fact]
    public async Task Get_Target_ExplainsItsState()
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync("/targets/orders/ping");

        Assert.Equal("orders ping: down – zmq_exporter", page.Title);
        Assert.Equal("orders ping", page.Text("h1"));
        Assert.Equal("down for 2 min 3 misses in a row flapping", page.Text(".verdict"));
        Assert.Equal("no reply in time. no luck", page.Text("main > .last"));
        Assert.StartsWith("Up after 2 answers in a row", page.Text(".policy"), StringComparison.Ordinal);
        Assert.Equal(["../../docs/failure-reasons#reply_timeout", "../../docs/runbook#zmqtargetunresponsive"], page.QuerySelectorAll("main > ul a").Select(link => link.GetAttribute("href")), StringComparer.Ordinal);
        Assert.Equal(["Reachable yes", "Responsive no", "Ready not known", "Availability, 24 h 40 %", "Availability, 7 d 40 %"], page.Texts("main > dl div"), StringComparer.Ordinal);
        Assert.Equal(["down", "suspect", "up"], page.Texts("#live section:first-of-type .state"), StringComparer.Ordinal);
        Assert.Equal("interval 15s built-in default", string.Join(' ', page.Texts("section[aria-labelledby=settings] td")));
        Assert.Equal(["ZMTP 3.1", "Mechanism NULL", "Socket type REP"], page.Texts("section[aria-labelledby=peers] dl div"), StringComparer.Ordinal);
        Assert.Equal("../../api/v1/targets/orders/ping", page.QuerySelectorAll("header nav a")[1].GetAttribute("href"));
    }

    [Fact]
    public async Task Get_Charts_HaveTheSameAsATable()
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync("/targets/orders/ping");

        Assert.Equal(5, page.QuerySelectorAll("tr.result").Length);
        var newest = page.QuerySelector("tr.result")!.Texts("td");
        Assert.Equal(["missed: no reply in time", "–", "–", "–", "–", "–", "–", "yes", "no", "not known"], newest[1..], StringComparer.Ordinal);
        var oldest = page.QuerySelectorAll("tr.result")[^1].Texts("td");
        Assert.Equal(["on time", "2 ms", "1 ms", "2 ms", "3 ms", "–", "2 ms"], oldest[1..8], StringComparer.Ordinal);
        var id = ProbeId.Of(test.Metrics.Time.GetUtcNow().AddMinutes(-2), test.Metrics.Targets.Set(MetricsUnderTest.Target()).Mark);
        Assert.Equal("probe-" + id, page.QuerySelector("tr.result")!.Id); // where exemplars lead
        Assert.All(page.QuerySelectorAll("svg[role=img]"), chart => Assert.NotEmpty(chart.GetAttribute("aria-label")!));
        Assert.Equal(3, page.QuerySelectorAll(".chart .miss-mark").Length);
        Assert.NotEmpty(page.QuerySelectorAll(".chart .deadline.hard"));
        Assert.Equal("2026-01-02 03:00:00 UTC 40 % 5 3", string.Join(' ', page.Texts("tr[data-key^=hour] td")));
    }

    [Fact]
    public async Task Get_Failure_ShowsItsMessages()
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync("/targets/orders/ping");

        var failure = Assert.Single(page.QuerySelectorAll(".failure"));
        Assert.Equal("no reply in time reply_timeout", failure.Text("h3"));
        Assert.Contains("3 probes in a row, 2026-01-02 03:04:05 UTC to 2026-01-02 03:04:05 UTC, the target was down.", failure.Texts("p")[1], StringComparison.Ordinal);
        Assert.Contains("reachable: yes. responsive: no. ready: not known.", failure.Texts("p")[1], StringComparison.Ordinal);
        Assert.Equal(["Sent last", "Received last"], failure.Texts("caption"), StringComparer.Ordinal);
        Assert.Equal(
            ["\"ping\" 4 bytes", "\"{\\\"busy\\\": \\\"<b>\\\"}\" 15 bytes { \"busy\": \"\\u003Cb\\u003E\" }"],
            failure.Texts("td:not(.hex)"),
            StringComparer.Ordinal);
        Assert.Equal("70 69 6e 67", failure.Texts("td.hex")[0]);
    }

    [Theory]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("a b%c", "a%20b%25c")]
    [InlineData("tcp://[::1]:5555", "tcp%3A%2F%2F%5B%3A%3A1%5D%3A5555")]
    [InlineData("ü<b>", "%C3%BC%3Cb%3E")]
    [InlineData("?q=1#x", "%3Fq%3D1%23x")]
    [InlineData(".", "%252E")]
    [InlineData("..", "%252E%252E")]
    [InlineData("%2E", "%25252E")]
    [InlineData("%252E%2E", "%2525252E%25252E")]
    [InlineData("...", "...")]
    public async Task Get_NameWithAnyCharacters_IsLinkedAndFound(string name, string encoded)
    {
        await using var test = await HttpUnderTest.StartAsync();
        test.Metrics.Targets.Set(MetricsUnderTest.Target(name));
        using var board = await test.GetPageAsync("/");
        var link = board.QuerySelector("th a")!.GetAttribute("href");
        Assert.Equal($"./targets/{encoded}/ping", link);

        using var page = await test.GetPageAsync(link![1..]);
        Assert.Equal($"{name} ping", page.Text("h1"));
        Assert.Equal($"../../api/v1/events?target={Uri.EscapeDataString(name)}&module=ping", page.Body!.GetAttribute("data-events"));
    }

    [Fact]
    public async Task Get_Fragment_IsThePartThatChanges()
    {
        await using var test = await StartAsync();
        Assert.StartsWith("<main id=\"live\"", await test.GetTextAsync("/targets/orders/ping?fragment=1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/targets/other/ping", "There is no target “other” here.", "../../")]
    [InlineData("/targets/%3Cb%3E/ping", "There is no target “<b>” here.", "../../")]
    [InlineData("/targets/orders/other", "The target “orders” is not probed with a module “other”.", "../../targets/orders/ping")]
    [InlineData("/targets/orders", "The address of a target is targets/NAME/MODULE", "../")]
    [InlineData("/targets/a/b/ping", "The address of a target is targets/NAME/MODULE", "../../../")]
    public async Task Get_NoSuchTarget_SaysSoAndLeadsOn(string path, string words, string link)
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync(path, HttpStatusCode.NotFound);
        Assert.StartsWith(words, page.Text("main p"), StringComparison.Ordinal);
        Assert.Contains(page.QuerySelectorAll("main a"), found => found.GetAttribute("href") == link);
    }

    [Fact]
    public async Task Get_NewTarget_HasAPage()
    {
        await using var test = await HttpUnderTest.StartAsync();
        test.Metrics.Targets.Set(MetricsUnderTest.Target());
        using var page = await test.GetPageAsync("/targets/orders/ping");
        Assert.Equal("unknown for 0 s", page.Text(".verdict"));
        Assert.Contains("No probe has ended yet.", page.Texts("main p"), StringComparer.Ordinal);
        Assert.Empty(page.QuerySelectorAll(".failure"));
    }

    private static async Task<HttpUnderTest> StartAsync()
    {
        var test = await HttpUnderTest.StartAsync();
        var target = test.Metrics.Targets.Set(MetricsUnderTest.Target());
        target.Record(MetricsUnderTest.OnTime());
        target.Record(MetricsUnderTest.OnTime());
        target.OnMessageSent(ZmtpMessage.FromText("ping"));
        target.OnMessageReceived(ZmtpMessage.FromFrames(Encoding.UTF8.GetBytes("{\"busy\": \"<b>\"}")));
        for (var i = 0; i < 3; i++)
        {
            target.Record(MetricsUnderTest.Miss(FailureReason.ReplyTimeout, reachable: true));
        }

        test.Metrics.Time.Advance(TimeSpan.FromMinutes(2));
        return test;
    }
}
