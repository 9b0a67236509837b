using System.Security.Cryptography;
using System.Text;
using ZmqExporter.Http;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Http;

public sealed class StatusPageTests
{
    private static readonly DateTimeOffset Since = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Get_Targets_ShowsTheWorstFirst()
    {
        await using var test = await HttpUnderTest.StartAsync();
        test.Targets.Add(new TargetStatus("fine", "ping", "tcp://a:1", TargetState.Up, 0, Since, null, ""));
        test.Targets.Add(new TargetStatus("broken", "ping", "tcp://b:2", TargetState.Down, 7, Since, FailureReason.ReplyTimeout, "no reply after 2 s"));
        var page = await GetAsync(test);
        Assert.Contains(
            "<tr><td>broken</td><td>ping</td><td>tcp://b:2</td><td class=\"state down\">down</td><td class=\"number\">7</td>"
            + "<td><time datetime=\"2026-01-02T03:04:05Z\">2026-01-02T03:04:05Z</time></td><td>reply_timeout: <bdi>no reply after 2 s</bdi></td></tr>",
            page,
            StringComparison.Ordinal);
        Assert.Contains("<p>1 down, 1 up.</p>", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("broken", StringComparison.Ordinal) < page.IndexOf("fine", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_HostileText_IsEncoded()
    {
        await using var test = await HttpUnderTest.StartAsync();
        const string Hostile = "<script>alert('x')</script>\"&";
        test.Targets.Add(new TargetStatus(Hostile, Hostile, Hostile, TargetState.Suspect, 1, Since, FailureReason.UnexpectedReply, Hostile));
        var page = await GetAsync(test);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&quot;&amp;", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_MappingsThatFindNothing_AreBelowTheResultAndEncoded()
    {
        await using var test = await HttpUnderTest.StartAsync();
        test.Targets.Add(new TargetStatus("a", "b", "c", TargetState.Up, 0, Since, null, "5 messages")
        {
            Unmapped = ["sequence finds nothing in what comes: <b>", .. Enumerable.Range(0, 10).Select(i => $"values: app_{i} finds nothing")],
        });
        var page = await GetAsync(test);
        Assert.Contains(
            "<td><bdi>5 messages</bdi><br>warning: <bdi>sequence finds nothing in what comes: &lt;b&gt;</bdi><br>warning: <bdi>values: app_0 finds nothing</bdi>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("app_4", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_LongDetail_IsCut()
    {
        await using var test = await HttpUnderTest.StartAsync();
        test.Targets.Add(new TargetStatus("a", "b", "c", TargetState.Up, 0, Since, null, new string('x', 100_000)));
        Assert.InRange((await GetAsync(test)).Length, 1_000, 5_000);
    }

    [Fact]
    public async Task Get_Page_AllowsItsOwnStyleOnly()
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var response = await test.SendAsync(HttpMethod.Get, "/");
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var start = page.IndexOf("<style>", StringComparison.Ordinal) + "<style>".Length;
        var style = page[start..page.IndexOf("</style>", StringComparison.Ordinal)];
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.Contains($"style-src 'sha256-{hash}'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("<p>None.</p>", page, StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(HttpUnderTest test)
    {
        using var response = await test.SendAsync(HttpMethod.Get, "/");
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
