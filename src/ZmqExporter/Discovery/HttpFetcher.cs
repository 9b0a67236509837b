using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Metrics;

namespace ZmqExporter.Discovery;

/// <summary>
/// Asks a URL for a list of targets as Prometheus' http_sd does. Each request has a connection of its own, so that names, certificates and
/// credentials are read again, and nothing is kept open for the minute until the next one. Thread-safe.
/// </summary>
/// <param name="inputs">Where files come from.</param>
/// <param name="time">The clock of the timeout.</param>
internal sealed class HttpFetcher(ConfigInputs inputs, TimeProvider time)
{
    /// <summary>Asks, and gives the text of a good answer or says why there is none. Never throws.</summary>
    public async Task<FetchResult> FetchAsync(TargetUrlConfig config, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(config.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            using var tls = HttpTls.Create(config.Tls, inputs);
            using var client = new HttpClient(tls.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
            using var request = Request(config);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return Complaint(response) is { } complaint
                ? Failed(complaint)
                : await ReadAsync(response, either.Token);
        }
        catch (OperationCanceledException)
        {
            return Failed(stopping.IsCancellationRequested ? "the exporter ends" : $"no complete answer within {Durations.Show(config.Timeout)}");
        }
#pragma warning disable CA1031 // Whatever a server, a certificate or a resolver comes up with is a failure of the source.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Failed(Words(exception));
        }
    }

    private HttpRequestMessage Request(TargetUrlConfig config)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, config.Url); // of HTTP/1.1: the native program has no client for HTTP/2 (Http/Trimming.xml)
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("zmq_exporter", BuildInfo.Current.Version));
        request.Headers.Add(
            "X-Prometheus-Refresh-Interval-Seconds", config.RefreshInterval.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture));

        // From it HttpClient takes the name for TLS, too, and from nowhere else.
        request.Headers.Host = config.Tls.ServerName;

        // In this header, which is dropped when the answer leads to another place.
        request.Headers.Authorization = config.Credentials switch
        {
            HttpCredentials.Basic basic => new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{basic.Username}:{Read(basic.Password)}"))),
            HttpCredentials.Token token => new AuthenticationHeaderValue(token.Scheme, Read(token.Credentials)),
            _ => null,
        };
        return request;
    }

    private string Read(SecretSource secret)
    {
        if (secret.File is not { } file)
        {
            return secret.Value!.Value;
        }

        return HttpTls.ReadFile(inputs, file, "the file with the credentials").TrimEnd('\r', '\n');
    }

    private static string? Complaint(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var status = string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {Quoted.Plain(response.ReasonPhrase ?? "")}");
            return $"the answer is {status.TrimEnd()}";
        }

        var type = response.Content.Headers.ContentType;
        var charset = type?.CharSet?.Trim('"') ?? "utf-8";
        return type?.MediaType?.Equals("application/json", StringComparison.OrdinalIgnoreCase) == true && charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? null
            : $"the answer has the Content-Type {Quoted.Text(type?.ToString() ?? "")} and not application/json";
    }

    private static async Task<FetchResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var body = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (await stream.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            body.Write(buffer, 0, count);
            if (body.Length > TargetListLoader.MaxSize)
            {
                return Failed(string.Create(CultureInfo.InvariantCulture, $"the answer is larger than {TargetListLoader.MaxSize >> 20} MiB"));
            }
        }

        return new FetchResult(Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length), null);
    }

    private static string Words(Exception exception) => exception switch
    {
        HttpRequestException { InnerException: { } inner } => $"the request failed: {inner.Message}",
        HttpRequestException or IOException => $"the request failed: {exception.Message}",
        CryptographicException => $"a certificate or key cannot be used: {exception.Message}",
        _ => $"the request failed: {exception.GetType().Name}: {exception.Message}",
    };

    private static FetchResult Failed(string words) => new(null, words);
}
