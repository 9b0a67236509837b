using System.Net;

namespace ZmqExporter.Tests.Http.Pages;

public sealed class PageAssetsTests
{
    [Fact]
    public async Task Get_WhatAPageLinks_IsThereAndNeedNotBeAskedForAgain()
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var page = await test.GetPageAsync("/");
        string[] links = [.. page.QuerySelectorAll("head link").Select(link => link.GetAttribute("href")!), page.Scripts[0].GetAttribute("src")!];
        var types = new List<string>();
        foreach (var link in links)
        {
            using var response = await test.SendAsync(HttpMethod.Get, link[1..]);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            types.Add(response.Content.Headers.ContentType!.MediaType!);
            Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(["image/svg+xml", "text/css", "text/javascript"], types, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("/assets/board.js?v=old", HttpStatusCode.OK)]
    [InlineData("/assets/other.js", HttpStatusCode.NotFound)]
    [InlineData("/assets/..%2Fboard.js", HttpStatusCode.NotFound)]
    public async Task Get_AnotherVersion_IsNotKept(string path, HttpStatusCode expected)
    {
        await using var test = await HttpUnderTest.StartAsync();
        using var response = await test.SendAsync(HttpMethod.Get, path);
        Assert.Equal(expected, response.StatusCode);
        Assert.DoesNotContain("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }
}
