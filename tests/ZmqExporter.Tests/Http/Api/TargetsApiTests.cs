using System.Net;
using System.Text.Json;
using ZmqExporter.Http;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Http.Api;

public sealed class TargetsApiTests
{
    [Fact]
    public async Task List_ManyTargets_IsAPageOfTheWorstFirst()
    {
        await using var test = await StartAsync();
        using var page = await GetAsync(test, "/api/v1/targets?limit=3&offset=1");

        Assert.Equal((7, 7, 1, 3), (Number(page, "total"), Number(page, "matched"), Number(page, "offset"), Number(page, "limit")));
        Assert.Equal(["suspect-1", "new", "up-0"], Names(page), StringComparer.Ordinal);
        Assert.Equal((1, 1, 1, 4), (State(page, "down"), State(page, "suspect"), State(page, "unknown"), State(page, "up")));
    }

    [Theory]
    [InlineData("state=down,suspect", "down", "suspect-1")]
    [InlineData("state=down&state=suspect", "down", "suspect-1")]
    [InlineData("q=UP-2", "up-2")]
    [InlineData("q=up%20team", "up-1", "up-2")]
    [InlineData("q=no+luck", "down", "suspect-1")]
    [InlineData("q=orders.internal&state=unknown", "new")]
    [InlineData("label.team=trading", "up-1")]
    [InlineData("label.team=trading&label.zone=x")]
    [InlineData("label.team=&state=up", "up-0", "up-3")]
    [InlineData("module=other")]
    [InlineData("module=other&module=ping&q=down", "down")]
    [InlineData("offset=100")]
    public async Task List_Query_IsThoseThatMatch(string query, params string[] names)
    {
        await using var test = await StartAsync();
        using var page = await GetAsync(test, $"/api/v1/targets?{query}");
        Assert.Equal(names, Names(page), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("state=dwn", "state=\"dwn\" is none of unknown, up, suspect, degraded, down")]
    [InlineData("limit=0", "limit=\"0\" is not a whole number between 1 and 1000")]
    [InlineData("limit=1001", "limit=\"1001\" is not a whole number between 1 and 1000")]
    [InlineData("offset=-1", "offset=\"-1\" is not a whole number between 0 and 2147483647")]
    public async Task List_WrongQuery_SaysWhatAndHowToMendIt(string query, string error)
    {
        await using var test = await StartAsync();
        using var problem = await GetAsync(test, $"/api/v1/targets?{query}", HttpStatusCode.BadRequest);
        Assert.Equal(error, problem.RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task List_EndlessParameter_IsRefused()
    {
        await using var test = await StartAsync();
        using var problem = await GetAsync(test, $"/api/v1/targets?q={new string('x', 201)}", HttpStatusCode.BadRequest);
        Assert.Equal("\"q\" is too long: at most 50 values of 200 characters", problem.RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task List_ManyWords_IsRefused()
    {
        await using var test = await StartAsync();
        using var problem = await GetAsync(test, "/api/v1/targets?q=" + string.Join('+', Enumerable.Range(0, 11)), HttpStatusCode.BadRequest);
        Assert.Equal("q has 11 words: at most 10", problem.RootElement.GetProperty("error").GetString());
    }

    // One browser's view must not become another one's.
    [Fact]
    public async Task List_TwoQueriesAtOnce_AreTwoAnswers()
    {
        await using var test = await StartAsync();
        var pages = await Task.WhenAll(GetAsync(test, "/api/v1/targets?q=down"), GetAsync(test, "/api/v1/targets?q=up-1"));
        Assert.Equal(["down", "up-1"], pages.SelectMany(Names), StringComparer.Ordinal);
        Array.ForEach(pages, page => page.Dispose());
    }

    [Fact]
    public async Task Get_Target_IsAllThatIsKnownOfIt()
    {
        await using var test = await StartAsync();
        using var detail = await GetAsync(test, "/api/v1/targets/down/ping");

        var root = detail.RootElement;
        Assert.Equal("down", root.GetProperty("summary").GetProperty("state").GetString());
        Assert.StartsWith("Up after 2 answers in a row", root.GetProperty("policy").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, root.GetProperty("counters").GetProperty("failures").GetProperty("refused").GetInt64());
        Assert.Equal("no luck", root.GetProperty("history").GetProperty("failures")[0].GetProperty("detail").GetString());
        Assert.Equal(4, root.GetProperty("history").GetProperty("results").GetArrayLength());
        Assert.Equal("built-in default", root.GetProperty("settings")[0].GetProperty("origin").GetString());
        Assert.Equal(0.25, root.GetProperty("summary").GetProperty("availability_24h").GetProperty("ratio").GetDouble());
        Assert.Equal("REP", root.GetProperty("peer").GetProperty("socket_type").GetString());
    }

    [Theory]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("a b%c", "a%20b%25c")]
    [InlineData("tcp://[::1]:5555", "tcp%3A%2F%2F%5B%3A%3A1%5D%3A5555")]
    [InlineData("ü<b>", "%C3%BC%3Cb%3E")]
    public async Task Get_NameWithAnyCharacters_IsFound(string name, string encoded)
    {
        await using var test = await HttpUnderTest.StartAsync();
        test.Metrics.Targets.Set(MetricsUnderTest.Target(name));
        Assert.Equal(encoded + "/ping", TargetPath.Of(new TargetKey(name, "ping")));
        using var detail = await GetAsync(test, $"/api/v1/targets/{encoded}/ping");
        Assert.Equal(name, detail.RootElement.GetProperty("summary").GetProperty("target").GetString());
    }

    [Fact]
    public async Task Get_NoSuchTarget_SaysWhereTheyAre()
    {
        await using var test = await StartAsync();
        using var problem = await GetAsync(test, "/api/v1/targets/down/other", HttpStatusCode.NotFound);
        Assert.Equal("there is no target \"down\" with module \"other\"; /api/v1/targets lists them", problem.RootElement.GetProperty("error").GetString());
    }

    private static async Task<HttpUnderTest> StartAsync()
    {
        var test = await HttpUnderTest.StartAsync();
        var targets = test.Metrics.Targets;
        for (var i = 0; i < 4; i++)
        {
            (string, string)[] labels = i switch { 1 => [("team", "trading")], 2 => [("team", "ops")], _ => [] };
            targets.Set(MetricsUnderTest.Target($"up-{i}", labels: labels)).Record(MetricsUnderTest.OnTime());
        }

        targets.Set(MetricsUnderTest.Target("new"));
        Fail(targets.Set(MetricsUnderTest.Target("suspect-1")), 1);
        var down = targets.Set(MetricsUnderTest.Target("down"));
        down.Record(MetricsUnderTest.OnTime());
        Fail(down, 3);
        return test;
    }

    private static void Fail(Target target, int times)
    {
        for (var i = 0; i < times; i++)
        {
            target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        }
    }

    private static async Task<JsonDocument> GetAsync(HttpUnderTest test, string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await test.SendAsync(HttpMethod.Get, path);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static IEnumerable<string> Names(JsonDocument page) =>
        page.RootElement.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("target").GetString()!);

    private static int Number(JsonDocument page, string name) => page.RootElement.GetProperty(name).GetInt32();

    private static int State(JsonDocument page, string state) => page.RootElement.GetProperty("states").GetProperty(state).GetInt32();
}
