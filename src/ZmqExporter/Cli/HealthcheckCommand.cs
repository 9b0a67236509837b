using System.CommandLine;
using System.Globalization;
using System.Security.Authentication;
using System.Security.Cryptography;
using ZmqExporter.Configuration;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter healthcheck</c>: asks a running exporter whether it is healthy, for containers without a shell.</summary>
internal static class HealthcheckCommand
{
    private const string HealthPath = "/-/healthy";
    private const string DefaultUrl = "http://127.0.0.1:19555" + HealthPath;
    private const string Healthy = "healthy"; // something else may listen at the address and answer everything with 200
    private const int MaxShown = 200;
    private const int MaxAnswer = 64 * 1024; // bytes

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(3); // container engines wait 30 s by default

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var url = new Option<Uri>("--url")
        {
            Description = "The health endpoint; without a path, /-/healthy",
            HelpName = "url",
            DefaultValueFactory = _ => new Uri(DefaultUrl),
            CustomParser = argument =>
            {
                if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
                {
                    return uri.AbsolutePath == "/" ? new Uri(uri, HealthPath) : uri;
                }

                argument.AddError($"--url: {Named(argument.Tokens[0].Value)} is not an HTTP address; write {Meant(argument.Tokens[0].Value)}");
                return null;
            },
        };
        var timeout = DurationFlag.Create("--timeout", $"How long the answer may take (default: {Durations.Show(DefaultTimeout)})");
        var connection = new ExporterConnection();
        var command = new Command("healthcheck", "Ask a running exporter whether it is healthy") { url, timeout };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var error = parsed.InvocationConfiguration.Error;
            try
            {
                using var handler = connection.Create(parsed);
                return await RunAsync(parsed.GetRequiredValue(url), parsed.GetValue(timeout) ?? DefaultTimeout, handler, parsed.InvocationConfiguration.Output, error, cancellation);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
            {
                await error.WriteLineAsync($"zmq_exporter: cannot use a certificate file: {e.Message}");
                return ExitCode.Usage;
            }
        });
        return command;
    }

    /// <summary>Asks.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        Uri url, TimeSpan timeout, HttpMessageHandler handler, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        using var client = new HttpClient(handler, disposeHandler: false) { Timeout = timeout, MaxResponseContentBufferSize = MaxAnswer };
        try
        {
            using var response = await client.GetAsync(url, cancellation);
            var text = (await response.Content.ReadAsStringAsync(cancellation)).Trim();
            if (response.IsSuccessStatusCode && text == Healthy)
            {
                await output.WriteLineAsync(Healthy);
                return ExitCode.Ok;
            }

            await error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"zmq_exporter: unhealthy: {Shown(url)} answered {(int)response.StatusCode} {Shown(text)}"));
        }
        catch (HttpRequestException e)
        {
            await error.WriteLineAsync($"zmq_exporter: unhealthy: {Shown(url)}: {Words(e)}");
        }
        catch (TaskCanceledException)
        {
            await error.WriteLineAsync($"zmq_exporter: unhealthy: {Shown(url)}: no answer within {Durations.Words(timeout)}");
        }

        return ExitCode.Failed;
    }

    // What TLS has to say stands behind words that say no more than that it failed.
    private static string Words(HttpRequestException exception) => exception.InnerException is AuthenticationException inner
        ? $"{inner.Message} (--ca-file, --insecure and --cert-file say how to connect)"
        : exception.Message;

    // Most often it is the scheme that is missing.
    private static string Meant(string text) => Uri.TryCreate($"http://{text}", UriKind.Absolute, out var uri) && !text.Contains("://", StringComparison.Ordinal)
        ? Shown(uri.AbsolutePath == "/" ? new Uri(uri, HealthPath) : uri)
        : DefaultUrl;

    // Container engines keep what is printed here, and a password may stand before the host.
    private static string Shown(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.SafeUnescaped);

    private static string Named(string text) => text.Contains('@', StringComparison.Ordinal) ? "what stands there" : $"\"{text}\"";

    // A page of somebody else's may be long.
    private static string Shown(string text) => text.Length <= MaxShown ? text : string.Concat(text.AsSpan(0, MaxShown), "…");
}
