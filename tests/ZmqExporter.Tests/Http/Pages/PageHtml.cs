using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace ZmqExporter.Tests.Http.Pages;

/// <summary>Pages as a browser without script reads them.</summary>
internal static class PageHtml
{
    /// <summary>The page.</summary>
    public static async Task<IDocument> GetPageAsync(this HttpUnderTest test, string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var html = await test.GetTextAsync(path, expected);

        // What the page itself says is well-formed: whatever a peer said is not allowed to change that.
        var whole = html.StartsWith("<!DOCTYPE", StringComparison.Ordinal) ? html : $"<!DOCTYPE html><title>a part</title>{html}";
        return new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(whole);
    }

    /// <summary>The page as it was sent.</summary>
    public static async Task<string> GetTextAsync(this HttpUnderTest test, string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await test.SendAsync(HttpMethod.Get, path);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The texts of all elements that match, each without spaces around it.</summary>
    public static string[] Texts(this IParentNode node, string selector) =>
        [.. node.QuerySelectorAll(selector).Select(element => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))];

    /// <summary>The text of the one element that matches.</summary>
    public static string Text(this IParentNode node, string selector) => Assert.Single(node.Texts(selector));

    /// <summary>The names on a board, from the top.</summary>
    public static string[] Names(this IParentNode page) => page.Texts("table.board th > a > bdi");
}
