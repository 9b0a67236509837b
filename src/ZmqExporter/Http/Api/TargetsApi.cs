using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ZmqExporter.Board;
using ZmqExporter.Configuration;
using ZmqExporter.Targets;

namespace ZmqExporter.Http.Api;

/// <summary><c>/api/v1/targets</c> and <c>/api/v1/targets/{name}/{module}</c>.</summary>
internal static class TargetsApi
{
    private const string Json = "application/json";

    /// <summary>Maps both.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="targets">All targets.</param>
    /// <param name="board">The same, as of now.</param>
    /// <param name="settings">The settings of a target, and where each comes from. Called from any thread.</param>
    /// <param name="responses">Sends the answers.</param>
    /// <param name="time">The clock.</param>
    public static void MapTargetsApi(
        this IEndpointRouteBuilder endpoints,
        TargetSet targets,
        BoardCache board,
        Func<TargetConfig, IEnumerable<EffectiveSetting>> settings,
        RenderedResponses responses,
        TimeProvider time)
    {
        endpoints.MapMethods("/api/v1/targets", TextResponse.ReadMethods, (RequestDelegate)(context =>
        {
            var query = QueryText.Read(context.Request.Query);
            return query.Problem is { } problem
                ? WriteProblemAsync(context, StatusCodes.Status400BadRequest, problem)
                : responses.AnswerAsync(
                    context,
                    Json,
                    (stream, cancellation) => JsonSerializer.SerializeAsync(
                        stream,
                        TargetListJson.Of(BoardPage.Of(board.Take(), query.Targets, query.Offset, query.Limit), query.Offset, query.Limit, Find),
                        ApiContext.Default.TargetListJson,
                        cancellation),
                    context.Request.Path + context.Request.QueryString);
        })).WithSummary("The targets as JSON, a page at a time, the worst first.");
        endpoints.MapMethods("/api/v1/targets/" + TargetPath.Pattern, TextResponse.ReadMethods, (RequestDelegate)(context =>
        {
            var key = TargetPath.Read(context);
            return Find(key) is not { } target
                ? WriteProblemAsync(context, StatusCodes.Status404NotFound, $"there is no target {Quoted.Text(key.Target)} with module {Quoted.Text(key.Module)}; /api/v1/targets lists them")
                : responses.AnswerAsync(
                    context,
                    Json,
                    (stream, cancellation) => JsonSerializer.SerializeAsync(
                        stream, TargetDetailJson.Of(target, time.GetUtcNow(), settings(target.Config)), ApiContext.Default.TargetDetailJson, cancellation),
                    "/api/v1/targets/" + TargetPath.Of(key));
        })).WithSummary("All that is known of one target with one module, as JSON.");

        Target? Find(TargetKey key) => targets.TryGet(key, out var target) ? target : null;
    }

    /// <summary>Answers that there is no answer, and why.</summary>
    public static Task WriteProblemAsync(HttpContext context, int status, string problem)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Json;
        var body = JsonSerializer.SerializeToUtf8Bytes(new ApiProblemJson(problem), ApiContext.Default.ApiProblemJson);
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
