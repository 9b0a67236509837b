using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ZmqExporter.Http.Api;

namespace ZmqExporter.Cli.Watch;

/// <summary>Asks a running exporter's API. Not thread-safe.</summary>
internal sealed class ExporterClient : IDisposable
{
    private const int MostBytes = 16 << 20;
    private const int MostShown = 200;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;

    /// <param name="exporter">Its address; a path is kept, and what stands before the host becomes the password.</param>
    /// <param name="handler">Connects.</param>
    public ExporterClient(Uri exporter, HttpMessageHandler handler)
    {
        var root = exporter.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        Address = root.TrimEnd('/');
        _http = new HttpClient(handler, disposeHandler: false) { BaseAddress = new Uri(Address + "/"), Timeout = Timeout, MaxResponseContentBufferSize = MostBytes };
        if (exporter.UserInfo.Length > 0)
        {
            var user = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(exporter.UserInfo));
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(user));
        }
    }

    /// <summary>Its address, without a password.</summary>
    public string Address { get; }

    /// <summary>A page of its targets.</summary>
    /// <exception cref="ExporterProblemException">There is no answer that can be used.</exception>
    public Task<TargetListJson> TargetsAsync(BoardQuestion question, int limit, CancellationToken cancellation) =>
        GetAsync("api/v1/targets?" + question.Query(limit), ApiContext.Default.TargetListJson, cancellation);

    /// <summary>Its newest changes of state.</summary>
    /// <exception cref="ExporterProblemException">There is no answer that can be used.</exception>
    public Task<EventListJson> EventsAsync(int limit, CancellationToken cancellation) =>
        GetAsync(string.Create(CultureInfo.InvariantCulture, $"api/v1/events?limit={limit}"), ApiContext.Default.EventListJson, cancellation);

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                // It is all there already. Reading it as it comes would be code for each type of the documents, 0.2 MB of the native program.
                var body = await response.Content.ReadAsByteArrayAsync(cancellation);
                return JsonSerializer.Deserialize(body, type) ?? throw new JsonException("null");
            }

            var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            throw new ExporterProblemException(response.StatusCode switch
            {
                HttpStatusCode.Unauthorized => "it wants a user and a password: write http://USER:PASSWORD@HOST:PORT",
                HttpStatusCode.NotFound => "there is no API; is it a zmq_exporter of another version?",
                _ => $"it answered {status} {Shown(await response.Content.ReadAsStringAsync(cancellation))}",
            });
        }
        catch (HttpRequestException e)
        {
            throw new ExporterProblemException(e.InnerException is { } inner ? inner.Message : e.Message, e);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ExporterProblemException("its answer is not what a zmq_exporter says", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ExporterProblemException(string.Create(CultureInfo.InvariantCulture, $"no answer within {Timeout.TotalSeconds} s"), e);
        }
    }

    private static string Shown(string text)
    {
        var line = TerminalText.Safe(text);
        return line.Length <= MostShown ? line : string.Concat(line.AsSpan(0, MostShown), "…");
    }
}

/// <summary>An exporter gave no answer that can be used; the message says why.</summary>
internal sealed class ExporterProblemException : Exception
{
    public ExporterProblemException(string message)
        : base(message)
    {
    }

    public ExporterProblemException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
