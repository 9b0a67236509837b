using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using ZmqExporter.Board;
using ZmqExporter.Http.Api;

namespace ZmqExporter.Http.Pages;

/// <summary><c>/</c>, the board, and <c>/targets/{name}/{module}</c>, one target.</summary>
internal static class PagesEndpoints
{
    /// <summary>Maps the pages and what they need.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="sources">What they are made of.</param>
    /// <param name="responses">Sends them.</param>
    public static void MapPages(this IEndpointRouteBuilder endpoints, PageSources sources, RenderedResponses responses)
    {
        endpoints.MapPageAssets();
        var facets = new FacetCache();
        endpoints.MapMethods("/", TextResponse.ReadMethods, (RequestDelegate)(context =>
        {
            if (PathPrefix.LacksSlash(context.Request))
            {
                return PathPrefix.AddSlashAsync(context);
            }

            var text = QueryText.Read(context.Request.Query);
            var query = BoardQuery.Of(text);
            if (text.Problem is { } problem)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return responses.AnswerPageAsync(context, () => new Http_Pages_Message { Model = MessageView.BadQuery(problem) });
            }

            return responses.AnswerPageAsync(context, () =>
            {
                var board = sources.Board.Take();
                return IsFragment(context.Request)
                    ? new Http_Pages_BoardLive { Model = BoardView.Of(sources, board, BoardFacets.None, query) } // the form stays as it is
                    : new Http_Pages_Board { Model = BoardView.Of(sources, board, facets.Of(board), query) };
            });
        })).WithSummary("The board: all targets, the worst first.");
        endpoints.MapMethods("/targets/" + TargetPath.Pattern, TextResponse.ReadMethods, (RequestDelegate)(context =>
        {
            var key = TargetPath.Read(context);
            return sources.Find(key) is not { } target
                ? AnswerNotFoundAsync(context, MessageView.NoTarget(key, sources))
                : responses.AnswerPageAsync(context, () =>
                {
                    var view = TargetView.Of(target, sources);
                    return IsFragment(context.Request) ? new Http_Pages_TargetLive { Model = view } : new Http_Pages_TargetPage { Model = view };
                });
        })).WithSummary("The page of a target: state, reasons, past, settings, and what the last probes said.");
        endpoints.MapMethods("/targets/{**others}", TextResponse.ReadMethods, (RequestDelegate)(context => AnswerNotFoundAsync(context, MessageView.NoAddress(RootFrom(context))))).WithSummary("Any other address below it: 404, and where the targets are.");

        Task AnswerNotFoundAsync(HttpContext context, MessageView view)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return responses.AnswerPageAsync(context, () => new Http_Pages_Message { Model = view });
        }
    }

    // As many steps up as the address that the browser sees has down.
    private static string RootFrom(HttpContext context)
    {
        var address = context.Features.Get<IHttpRequestFeature>()!.RawTarget.AsSpan();
        var query = address.IndexOf('?');
        var prefix = context.Request.PathBase.Value.AsSpan().Count('/');
        var steps = (query < 0 ? address : address[..query]).Count('/') - prefix - 1;
        return string.Concat(Enumerable.Repeat("../", steps));
    }

    // The pages' script asks for the part that changes.
    private static bool IsFragment(HttpRequest request) => request.Query["fragment"] == "1";

    /// <summary>The facets of the newest board: all who look at one share them. Thread-safe.</summary>
    private sealed class FacetCache
    {
        private volatile Entry? _last;

        public BoardFacets Of(BoardSnapshot board)
        {
            var last = _last;
            if (last?.Board != board)
            {
                _last = last = new Entry(board, BoardFacets.Of(board));
            }

            return last.Facets;
        }

        private sealed record Entry(BoardSnapshot Board, BoardFacets Facets);
    }
}
