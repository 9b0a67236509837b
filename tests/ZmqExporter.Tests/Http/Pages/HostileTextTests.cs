using System.Collections.Immutable;
using System.Text;
using AngleSharp.Dom;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Metrics;
using Zmtp;

namespace ZmqExporter.Tests.Http.Pages;

/// <summary>Peers, and whoever writes lists of targets, choose texts of the pages. None of them becomes markup.</summary>
public sealed class HostileTextTests
{
    private const string Hostile = "</bdi></td><script>alert(1)</script><img src=x onerror='alert(2)'>\"'`=&\u202Eevil";

    [Theory]
    [InlineData("/")]
    [InlineData("/?group=label.team&q=script")]
    [InlineData("/?fragment=1")]
    [InlineData("/targets/{0}/ping")]
    [InlineData("/targets/{0}/ping?fragment=1")]
    public async Task Get_HostileTexts_StayTexts(string path)
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, Uri.EscapeDataString(Hostile)));

        Assert.Empty(page.QuerySelectorAll("img"));
        Assert.DoesNotContain(page.Scripts, script => !script.GetAttribute("src")!.Contains("assets/board.js?v=", StringComparison.Ordinal));
        Assert.DoesNotContain(page.All.SelectMany(element => element.Attributes), attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal) || attribute.Name == "style");
        Assert.Contains(page.QuerySelectorAll("bdi"), element => element.TextContent.Contains(Hostile, StringComparison.Ordinal));
    }

    // Marks of direction turn around what follows them: each such text is in an element of its own.
    [Theory]
    [InlineData("/")]
    [InlineData("/targets/{0}/ping")]
    public async Task Get_MarksOfDirection_StayInTheirElement(string path)
    {
        await using var test = await StartAsync();
        using var page = await test.GetPageAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, Uri.EscapeDataString(Hostile)));
        var texts = page.Body!.Descendants<IText>().Where(text => text.Data.Contains('\u202E', StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(texts);
        Assert.All(texts, text => Assert.True(text.ParentElement!.LocalName is "bdi" or "option", text.ParentElement.OuterHtml));
    }

    [Fact]
    public async Task Get_Pages_AllowNothingButTheirOwnFiles()
    {
        await using var test = await StartAsync();
        foreach (var path in new[] { "/", "/targets/x/y", "/?state=x" })
        {
            using var response = await test.SendAsync(HttpMethod.Get, path);
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Equal(
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                policy);
            var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<style", page, StringComparison.Ordinal);
            Assert.DoesNotContain("=\"/", page, StringComparison.Ordinal); // it may be served below a prefix
        }
    }

    [Fact]
    public async Task Get_LongDetail_IsCut()
    {
        await using var test = await HttpUnderTest.StartAsync();
        test.Metrics.Targets.Set(MetricsUnderTest.Target()).Record(MetricsUnderTest.Miss(FailureReason.UnexpectedReply) with { Detail = new string('x', 100_000) });
        Assert.InRange((await test.GetTextAsync("/")).Length, 1_000, 10_000);
    }

    private static async Task<HttpUnderTest> StartAsync()
    {
        var test = await HttpUnderTest.StartAsync();
        test.Problems.Add(Hostile);
        var target = test.Metrics.Targets.Set(MetricsUnderTest.Target(Hostile, labels: ("team", Hostile)));
        target.OnMessageReceived(ZmtpMessage.FromFrames(Encoding.UTF8.GetBytes(Hostile)));
        target.Record(MetricsUnderTest.Miss(FailureReason.UnexpectedReply) with
        {
            Detail = Hostile,
            Peer = new PeerInfo(3, 1, Hostile, Hostile, ImmutableSortedDictionary<string, string>.Empty.Add(Hostile, Hostile)),
        });
        return test;
    }
}
