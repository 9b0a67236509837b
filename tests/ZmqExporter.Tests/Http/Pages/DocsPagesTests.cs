using System.Net;
using ZmqExporter.Embedding;
using ZmqExporter.Http.Pages;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Http.Pages;

public sealed class DocsPagesTests
{
    public static TheoryData<string> Pages => [.. DocsPages.Names, DocsPages.Index];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Get_EachPage_HasAHeadingAndLinksThatLeadSomewhere(string name)
    {
        await using var test = await HttpUnderTest.StartAsync();
        var page = await test.GetPageAsync("/docs/" + name);

        Assert.NotEmpty(page.QuerySelectorAll("main h1"));
        Assert.Empty(page.QuerySelectorAll("main script, main img, main iframe, main style"));
        foreach (var link in page.QuerySelectorAll("main a[href]").Select(element => element.GetAttribute("href")!).Where(link => !link.StartsWith("http", StringComparison.Ordinal)))
        {
            var target = new Uri(new Uri("http://exporter/docs/" + name), link);
            if (target.AbsolutePath == "/api/v1/openapi.json")
            {
                continue;
            }

            Assert.True(target.AbsolutePath.StartsWith("/docs/", StringComparison.Ordinal), $"{name}: {link}");
            var found = DocsPages.Find(target.AbsolutePath["/docs/".Length..]);
            Assert.True(found is not null, $"{name}: {link}");
            if (target.Fragment.Length > 1)
            {
                Assert.True(found.Html.Contains($"id=\"{Uri.UnescapeDataString(target.Fragment[1..])}\"", StringComparison.Ordinal), $"{name}: {link} has no such heading");
            }
        }
    }

    // The native program has no table of them (Http/Pages/Trimming.xml).
    [Fact]
    public void Texts_OfAllPages_HaveNoHtmlEntities() => Assert.All(
        DocsPages.Names,
        name => Assert.DoesNotMatch("&#?[A-Za-z0-9]+;", EmbeddedFiles.ReadText("docs/" + name)));

    // What the pages of targets link to, for each reason and state.
    [Fact]
    public void Links_OfTargetPages_LeadToHeadings()
    {
        var links = FailureReasons.All.Where(reason => reason != FailureReason.LocalError).Select(DocLinks.Of)
            .Append(LossWords.Runbook)
            .Concat(Enum.GetValues<TargetState>().SelectMany(state => FailureReasons.All.SelectMany(reason => new[] { true, false }.Select(isReachable => DocLinks.RunbookOf(state, reason, isReachable, isReachable)))).OfType<string>())
            .Distinct(StringComparer.Ordinal).ToArray();
        Assert.All(links, link =>
        {
            var (page, heading) = link["docs/".Length..].Split('#') is [var one, var other] ? (one, other) : (link, "");
            Assert.Contains($"id=\"{heading}\"", DocsPages.Find(page)!.Html, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("/docs/none")]
    [InlineData("/docs/../secret")]
    [InlineData("/docs/cookbook/none")]
    public async Task Get_NoSuchPage_SaysWhereTheyAre(string path)
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var response = await test.SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Get_WithoutSlash_LeadsToTheIndex()
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var response = await test.SendAsync(HttpMethod.Get, "/docs");
        Assert.Equal((HttpStatusCode.Redirect, "docs/"), (response.StatusCode, response.Headers.Location?.OriginalString));
    }
}
