using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RazorSlices;

namespace ZmqExporter.Http.Pages;

/// <summary>Sends pages.</summary>
internal static class PageResponse
{
    // Nothing but our own files and requests to ourselves: whatever markup a peer gets past the encoder does nothing.
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Answers with a page.</summary>
    /// <param name="responses">Sends it.</param>
    /// <param name="context">The request.</param>
    /// <param name="page">Makes the page, when it is its turn.</param>
    public static Task AnswerPageAsync(this RenderedResponses responses, HttpContext context, Func<RazorSlice> page)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "same-origin"; // a search may be private
        return responses.AnswerAsync(
            context,
            "text/html; charset=utf-8",
            async (stream, cancellation) =>
            {
                await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
                await page().RenderAsync(writer, cancellationToken: cancellation);
            },
            context.Features.Get<IHttpRequestFeature>()!.RawTarget);
    }
}
