using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>Takes what Alertmanager sends to its webhooks and keeps it, by the path that it was sent to. What it cannot read fails the test: the disposal throws. Thread-safe.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<Notification> _notifications = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>Where it listens, with a slash at the end.</summary>
    public Uri Address => new($"{_app.Urls.First()}/");

    /// <summary>Starts it on a free port.</summary>
    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.MapPost("/{path}", receiver.TakeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>What came to a path so far, in its order.</summary>
    public IReadOnlyList<Notification> Of(string path) => [.. _notifications.Where(notification => notification.Path == path)];

    /// <summary>Waits until something that meets the condition has come to a path.</summary>
    public Task<Notification> EventuallyAsync(string path, Predicate<Notification> condition, TimeSpan timeout) => Eventually.GetAsync(
        () => Task.FromResult(Of(path).FirstOrDefault(notification => condition(notification))),
        timeout,
        () => $"no such notification; there were\n{this}");

    /// <summary>Everything that came, for messages.</summary>
    public override string ToString() => string.Join('\n', _notifications.Select(notification => $"{notification.Path}: {notification.Text}"));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (!_failures.IsEmpty)
        {
            throw new AggregateException("the webhook receiver failed", _failures);
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        try
        {
            _notifications.Enqueue(Notification.Parse((string)context.Request.RouteValues["path"]!, text));
        }
        catch (Exception exception)
        {
            _failures.Enqueue(exception);
            throw;
        }
    }
}

/// <summary>One notification of Alertmanager's webhook format, version 4.</summary>
/// <param name="Path">Where it was sent.</param>
/// <param name="Status">"firing", or "resolved" when every alert in it is.</param>
/// <param name="Alerts">The alerts in it.</param>
/// <param name="Text">The whole of it.</param>
internal sealed record Notification(string Path, string Status, IReadOnlyList<NotifiedAlert> Alerts, string Text)
{
    /// <summary>Reads a notification.</summary>
    public static Notification Parse(string path, string text)
    {
        using var json = JsonDocument.Parse(text);
        return new Notification(
            path,
            json.RootElement.GetProperty("status").GetString()!,
            [.. json.RootElement.GetProperty("alerts").EnumerateArray().Select(alert => new NotifiedAlert(
                alert.GetProperty("status").GetString()!, Pairs(alert.GetProperty("labels")), Pairs(alert.GetProperty("annotations"))))],
            text);
    }

    private static Dictionary<string, string> Pairs(JsonElement pairs) =>
        pairs.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!, StringComparer.Ordinal);
}

/// <summary>One alert of a notification.</summary>
internal sealed record NotifiedAlert(string Status, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations);
