using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using ZmqExporter.Limits;
using ZmqExporter.Logging;

namespace ZmqExporter.Http;

/// <summary>Answers with bodies that are large and take time to make: scrapes and pages. Thread-safe.</summary>
/// <remarks>A body is rendered whole before its first byte is sent. So a slow reader holds compressed memory, which is counted and bounded,
/// and neither a thread nor a lock; what goes wrong while it is rendered becomes an error and not half a body; and its length is known, so
/// that half a body never looks like a whole one.</remarks>
/// <param name="limits">How much readers may hold.</param>
/// <param name="time">For the time limits.</param>
/// <param name="logger">Hears of refusals, once a minute at most.</param>
/// <param name="memory">Says when there is none for a response; null when there always is.</param>
internal sealed partial class RenderedResponses(
    HttpLimits limits, TimeProvider time, ILogger<RenderedResponses> logger, MemoryGuard? memory = null)
{
    /// <summary>Longest time for one response, however steadily it is read; Prometheus' own default is 10 s.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Longest time in which a reader takes one part, so that it reads 6.5 kB/s at least.</summary>
    public static readonly TimeSpan PartTimeout = TimeSpan.FromSeconds(10);

    private readonly BodyRenderer _renderer = new();
    private readonly ResponseSlots _slots = new(limits, time);
    private readonly MinuteLog _refusals = new(time);

    /// <summary>Answers a GET or HEAD.</summary>
    /// <param name="context">The request.</param>
    /// <param name="contentType">The Content-Type.</param>
    /// <param name="write">Writes the body.</param>
    /// <param name="key">Requests with the same one at the same moment may get the same body; null for the Content-Type.</param>
    public async Task AnswerAsync(HttpContext context, string contentType, Func<Stream, CancellationToken, Task> write, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.Headers.AppendCommaSeparatedValues(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.ContentType = contentType;
            return;
        }

        var address = ClientAddress.Of(context.Connection.RemoteIpAddress);
        if (memory?.IsShortForResponses() == true)
        {
            await RefuseAsync(context, address, "this process has too little memory left to render a response");
            return;
        }

        if (_slots.TryTake(address, context.Abort, out var slot) is { } refusal)
        {
            await RefuseAsync(context, address, OrWait(refusal));
            return;
        }

        using (slot)
        {
            using var deadline = new CancellationTokenSource(Deadline, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
            try
            {
                var body = await _renderer.RenderAsync(key ?? contentType, write, end.Token);
                try
                {
                    if (_slots.TryHold(slot!, body.CompressedLength) is { } problem)
                    {
                        await RefuseAsync(context, address, OrWait(problem));
                        return;
                    }

                    context.Response.ContentType = contentType;
                    await SendAsync(context.Response, body, AcceptedEncoding.IsGzip(context.Request.Headers), end);
                }
                finally
                {
                    body.Release();
                }
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                context.Abort();
            }
        }
    }

    /// <param name="response">Takes it.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="gzip">As it is, or uncompressed on the way.</param>
    /// <param name="end">Ends it; the reader's slowness does too.</param>
    private async Task SendAsync(HttpResponse response, RenderedBody body, bool gzip, CancellationTokenSource end)
    {
        using var slow = new CancellationTokenSource(PartTimeout, time);
        using var either = slow.Token.Register(static end => ((CancellationTokenSource)end!).Cancel(), end);
        response.ContentLength = gzip ? body.CompressedLength : body.Length;
        if (gzip)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        await foreach (var part in body.PartsAsync(gzip, end.Token))
        {
            slow.CancelAfter(PartTimeout);
            await response.Body.WriteAsync(part, end.Token);
            await Task.Yield(); // a fast reader must not hold the thread either
        }
    }

    private static string OrWait(string refusal) =>
        FormattableString.Invariant($"{refusal}; one that is read for more than {ResponseSlots.SlowAfter.TotalSeconds} s gives way");

    private async Task RefuseAsync(HttpContext context, ClientAddress address, string refusal)
    {
        if (_refusals.MayLog(out var leftOut))
        {
            Log.Refused(logger, refusal, address.ToString(), leftOut);
        }

        context.Response.Headers.RetryAfter = "1";
        await context.Response.WriteLineAsync(StatusCodes.Status503ServiceUnavailable, refusal);
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = LogEvents.SelfLimited + nameof(Refused), Level = LogLevel.Warning, Message = "HTTP requests get 503")]
        public static partial void Refused(ILogger logger, string reason, string address, long? leftOut);
    }
}
