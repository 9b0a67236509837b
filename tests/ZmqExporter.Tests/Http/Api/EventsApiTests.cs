using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Http.Api;

public sealed class EventsApiTests
{
    private const string Path = "/api/v1/events";
    private static readonly (string, string) Stream = ("Accept", "text/event-stream");

    [Fact]
    public async Task Get_Json_IsTheNewestChangesInTheirOrder()
    {
        await using var test = await HttpUnderTest.StartAsync();
        Change(test, "a");
        Change(test, "b");
        Change(test, "a");

        Assert.Equal(["1 a unknown up", "2 b unknown up", "3 a up suspect"], await EventsAsync(test, Path), StringComparer.Ordinal);
        Assert.Equal(["2 b unknown up", "3 a up suspect"], await EventsAsync(test, Path + "?after=1"), StringComparer.Ordinal);
        Assert.Equal(["3 a up suspect"], await EventsAsync(test, Path + "?limit=1"), StringComparer.Ordinal);
        Assert.Equal(["2 b unknown up"], await EventsAsync(test, Path + "?after=1&limit=1"), StringComparer.Ordinal); // a poller misses none
        Assert.Equal(["1 a unknown up", "3 a up suspect"], await EventsAsync(test, Path + "?target=a"), StringComparer.Ordinal);
        Assert.Empty(await EventsAsync(test, Path + "?module=other"));
    }

    [Theory]
    [InlineData("target")]
    [InlineData("module")]
    public async Task Get_EndlessFilter_IsRefused(string name)
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var response = await test.SendAsync(HttpMethod.Get, $"{Path}?{name}={new string('x', 201)}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Head_Stream_EndsAtOnce()
    {
        await using var test = await HttpUnderTest.StartAsync();
        for (var i = 0; i < 2 * HttpUnderTest.MostWatchers; i++)
        {
            using var response = await test.SendAsync(HttpMethod.Head, Path, Stream);
            Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        }
    }

    [Fact]
    public async Task Get_WrongNumber_SaysSo()
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var response = await test.SendAsync(HttpMethod.Get, Path + "?after=x");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Stream_Changes_ComeAsTheyAre()
    {
        await using var test = await HttpUnderTest.StartAsync();
        Change(test, "before");
        using var response = await test.SendAsync(HttpMethod.Get, Path, Stream);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        await using var items = await ItemsAsync(response);
        Assert.Equal("alive", (await NextAsync(items)).EventType); // at once, so that the watcher knows

        Change(test, "a");
        var change = await NextAsync(items);
        Assert.Equal(("state", "2"), (change.EventType, change.EventId));
        Assert.Equal("a", JsonDocument.Parse(change.Data).RootElement.GetProperty("target").GetString());
    }

    [Fact]
    public async Task Stream_LastEventId_BeginsAfterIt()
    {
        await using var test = await HttpUnderTest.StartAsync();
        Change(test, "a");
        Change(test, "b");
        using var response = await test.SendAsync(HttpMethod.Get, Path, Stream, ("Last-Event-ID", "1"));
        await using var items = await ItemsAsync(response);
        Assert.Equal("alive", (await NextAsync(items)).EventType);
        Assert.Equal("2", (await NextAsync(items)).EventId);
    }

    // The number is one of an earlier process, which had more of them.
    [Fact]
    public async Task Stream_LastEventIdOfAnEarlierProcess_BeginsWithAllThatIsKept()
    {
        await using var test = await HttpUnderTest.StartAsync();
        Change(test, "a");
        using var response = await test.SendAsync(HttpMethod.Get, Path, Stream, ("Last-Event-ID", "77"));
        await using var items = await ItemsAsync(response);
        Assert.Equal("alive", (await NextAsync(items)).EventType);
        Assert.Equal("1", (await NextAsync(items)).EventId);
    }

    [Fact]
    public async Task Stream_NothingChanges_SaysThatItLives()
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var response = await test.SendAsync(HttpMethod.Get, Path, Stream);
        await using var items = await ItemsAsync(response);
        Assert.Equal("alive", (await NextAsync(items)).EventType);

        var next = NextAsync(items);
        await Eventually.TrueAsync(
            () =>
            {
                test.Metrics.Time.Advance(TimeSpan.FromSeconds(5));
                return next.IsCompleted;
            },
            "nothing came");
        Assert.Equal("alive", (await next).EventType);
    }

    [Fact]
    public async Task Stream_OneAddressWatchesAsOftenAsItMay_OthersFindAPlace()
    {
        await using var test = await HttpUnderTest.StartAsync();
        test.Address = IPAddress.Parse("192.0.2.1");
        using var first = await test.SendAsync(HttpMethod.Get, Path, Stream);
        using var second = await test.SendAsync(HttpMethod.Get, Path, Stream);
        using var refused = await test.SendAsync(HttpMethod.Get, Path, Stream);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("2 programs and browsers of your address (192.0.2.1) watch already; ask again later", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        test.Address = IPAddress.Parse("192.0.2.2");
        using var other = await test.SendAsync(HttpMethod.Get, Path, Stream);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        using var full = await test.SendAsync(HttpMethod.Get, Path, Stream);
        Assert.Contains("\"3 programs and browsers watch already", await full.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_MoreWatchersThanMayBe_AreRefusedUntilOneLeaves()
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var first = await test.SendAsync(HttpMethod.Get, Path, Stream);
        using (await test.SendAsync(HttpMethod.Get, Path, Stream))
        {
            using var refused = await test.SendAsync(HttpMethod.Get, Path, Stream);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        await Eventually.GetAsync(
            async () =>
            {
                using var again = await test.SendAsync(HttpMethod.Get, Path, Stream);
                return again.StatusCode == HttpStatusCode.OK ? "let in" : null;
            },
            Eventually.Deadline,
            () => "nobody was let in again");
    }

    private static void Change(HttpUnderTest test, string target)
    {
        var record = test.Metrics.Targets.TryGet(new TargetKey(target, "ping"), out var found) ? found : test.Metrics.Targets.Set(MetricsUnderTest.Target(target));
        record.Record(found is null ? MetricsUnderTest.OnTime() : MetricsUnderTest.Miss(FailureReason.Refused));
    }

    private static async Task<List<string>> EventsAsync(HttpUnderTest test, string path)
    {
        using var json = JsonDocument.Parse(await test.Client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));
        return [.. json.RootElement.GetProperty("events").EnumerateArray().Select(change =>
            $"{change.GetProperty("id")} {change.GetProperty("target")} {change.GetProperty("before")} {change.GetProperty("after")}")];
    }

    private static async Task<IAsyncEnumerator<SseItem<string>>> ItemsAsync(HttpResponseMessage response)
    {
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        return SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    private static async Task<SseItem<string>> NextAsync(IAsyncEnumerator<SseItem<string>> items)
    {
        Assert.True(await items.MoveNextAsync());
        return items.Current;
    }
}
