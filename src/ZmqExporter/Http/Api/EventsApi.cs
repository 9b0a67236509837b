using System.Buffers;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using ZmqExporter.Targets;

namespace ZmqExporter.Http.Api;

/// <summary><c>/api/v1/events</c>: changes of state, the last ones as JSON, and as they come to whoever accepts <c>text/event-stream</c>.</summary>
internal static class EventsApi
{
    private const string EventStream = "text/event-stream";

    private static readonly TargetEvent NoChange = new(0, DateTimeOffset.UnixEpoch, new TargetKey("", ""), default, default, null, "");

    // A watcher has to see that the exporter lives while nothing changes, and proxies close what is silent.
    private static readonly TimeSpan AlivePeriod = TimeSpan.FromSeconds(15);

    /// <summary>Maps it.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="events">The changes.</param>
    /// <param name="watchers">How many may watch.</param>
    /// <param name="time">For signs of life while nothing changes.</param>
    /// <param name="stopping">Ends all watching.</param>
    public static void MapEventsApi(this IEndpointRouteBuilder endpoints, TargetEvents events, WatcherLimit watchers, TimeProvider time, CancellationToken stopping) =>
        endpoints.MapMethods("/api/v1/events", TextResponse.ReadMethods, (RequestDelegate)(context =>
        {
            var query = QueryText.Read(context.Request.Query);
            var after = query.Number("after", 0, long.MaxValue, 0);
            _ = IsWanted(NoChange, query); // its parameters may have problems, too
            return query.Problem is { } problem ? TargetsApi.WriteProblemAsync(context, StatusCodes.Status400BadRequest, problem)
                : IsStream(context.Request) ? StreamAsync(context, events, watchers, time, stopping)
                : WriteAsync(context, events, query, after);
        })).WithSummary("The last changes of state as JSON; as server-sent events for those who accept text/event-stream.");

    private static bool IsStream(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(static accepted => accepted.MediaType.Equals(EventStream, StringComparison.OrdinalIgnoreCase));

    private static Task WriteAsync(HttpContext context, TargetEvents events, QueryText query, long after)
    {
        // Whoever has a number goes on from there, and misses none; anybody else wants the newest.
        var wanted = events.After(after, out var newest).Where(change => IsWanted(change, query)).ToArray();
        var page = after > 0 ? wanted.Take(query.Limit).ToArray() : wanted.TakeLast(query.Limit).ToArray();
        var last = after > 0 && page.Length < wanted.Length ? page[^1].Id : newest;
        context.Response.ContentType = "application/json";
        var body = JsonSerializer.SerializeToUtf8Bytes(new EventListJson(last, [.. page.Select(EventJson.Of)]), ApiContext.Default.EventListJson);
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static bool IsWanted(TargetEvent change, QueryText query) =>
        IsOneOf(query.Values("target"), change.Key.Target) && IsOneOf(query.Values("module"), change.Key.Module);

    private static bool IsOneOf(IReadOnlyCollection<string> wanted, string name) => wanted.Count == 0 || wanted.Contains(name, StringComparer.Ordinal);

    private static async Task StreamAsync(HttpContext context, TargetEvents events, WatcherLimit watchers, TimeProvider time, CancellationToken stopping)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.ContentType = EventStream;
            return;
        }

        var address = ClientAddress.Of(context.Connection.RemoteIpAddress);
        if (watchers.TryEnter(address) is { } refusal)
        {
            context.Response.Headers.RetryAfter = "10";
            await TargetsApi.WriteProblemAsync(context, StatusCodes.Status503ServiceUnavailable, $"{refusal}; ask again later, or ask without \"Accept: {EventStream}\"");
            return;
        }

        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            using var watch = events.Watch(LastKnown(context.Request, events));
            context.Response.ContentType = EventStream;
            context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would collect them
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await context.Response.StartAsync(end.Token);
            await SseFormatter.WriteAsync(ItemsAsync(watch, QueryText.Read(context.Request.Query), time, end.Token), context.Response.Body, WriteItem, end.Token);
        }
        catch (OperationCanceledException)
        {
            // The watcher went away, or the exporter ends.
        }
        finally
        {
            watchers.Leave(address);
        }
    }

    // A browser that lost the connection says what it saw last. One that saw an earlier process' events begins with what there is.
    private static long? LastKnown(HttpRequest request, TargetEvents events) =>
        long.TryParse(request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last <= events.Count ? last : 0
            : null;

    private static async IAsyncEnumerable<SseItem<EventJson?>> ItemsAsync(
        EventWatch watch, QueryText query, TimeProvider time, [EnumeratorCancellation] CancellationToken end)
    {
        yield return Alive();
        while (true)
        {
            var more = watch.Events.WaitToReadAsync(end).AsTask();
            while (await IsSilentAsync(more, time, end))
            {
                yield return Alive();
            }

            while (watch.Events.TryRead(out var change))
            {
                if (IsWanted(change, query))
                {
                    yield return new SseItem<EventJson?>(EventJson.Of(change), "state") { EventId = change.Id.ToString(CultureInfo.InvariantCulture) };
                }
            }
        }

        static SseItem<EventJson?> Alive() => new(null, "alive");
    }

    private static async Task<bool> IsSilentAsync(Task more, TimeProvider time, CancellationToken end)
    {
        try
        {
            await more.WaitAsync(AlivePeriod, time, end);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    private static void WriteItem(SseItem<EventJson?> item, IBufferWriter<byte> output)
    {
        if (item.Data is { } change)
        {
            output.Write(JsonSerializer.SerializeToUtf8Bytes(change, ApiContext.Default.EventJson));
        }
    }
}
