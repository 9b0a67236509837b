using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace ZmqExporter.Benchmarks.Soak;

/// <summary>The real executable, and those who read from it.</summary>
internal sealed partial class ExporterUnderLoad : IDisposable
{
    private const int MostLines = 10_000;

    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly ConcurrentQueue<string> _log = new(); // of warnings, errors and targets, the last ones
    private int _scrapes;
    private int _pages;
    private int _slow;
    private int _failed;

    private ExporterUnderLoad(Process process, Uri address)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public int Id => _process.Id;

    /// <summary>What the readers beside have had.</summary>
    public string Reading => $"beside: {_scrapes} scrapes, {_pages} pages, {_slow} slow readers; {_failed} failed";

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<ExporterUnderLoad> StartAsync(string config, params string[] flags)
    {
        var process = Process.Start(new ProcessStartInfo(
            BuiltProgram.Path("ZmqExporter", "zmq_exporter"), [$"--config.file={config}", "--web.listen-address=127.0.0.1:0", "--log.level=info", .. flags])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (ListeningLine().Match(line) is { Success: true } match)
            {
                var exporter = new ExporterUnderLoad(process, new Uri(match.Groups["address"].Value));
                _ = exporter.KeepLogAsync();
                _ = process.StandardOutput.ReadToEndAsync();
                return exporter;
            }
        }

        throw new InvalidOperationException("the exporter did not start");
    }

    /// <summary>The warnings and errors of its log, and what it says of targets, since this was asked last.</summary>
    public IReadOnlyList<string> TakeLog()
    {
        var lines = new List<string>();
        while (_log.TryDequeue(out var line))
        {
            lines.Add(line);
        }

        return lines;
    }

    public async Task<MetricSamples> ScrapeAsync() => MetricSamples.Parse(await _client.GetStringAsync(new Uri("/metrics", UriKind.Relative)));

    /// <summary>POST without a body.</summary>
    public async Task<HttpStatusCode> PostAsync(string path)
    {
        using var response = await _client.PostAsync(new Uri(path, UriKind.Relative), content: null);
        return response.StatusCode;
    }

    /// <summary>Two Prometheus servers, a browser, and a reader who takes an answer in small pieces.</summary>
    public Task ReadBeside(CancellationToken end) => Task.WhenAll(
        RepeatAsync("/metrics", TimeSpan.FromSeconds(3), () => _scrapes++, end),
        RepeatAsync("/metrics", TimeSpan.FromSeconds(5), () => _scrapes++, end),
        RepeatAsync("/", TimeSpan.FromSeconds(2), () => _pages++, end),
        ReadSlowlyAsync(end));

    /// <summary>Ends it with SIGTERM.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"msg=""listening"" address=(?<address>http://\S+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ListeningLine();

    private async Task KeepLogAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (!line.Contains("level=info", StringComparison.Ordinal) || line.Contains(" target=", StringComparison.Ordinal))
            {
                _log.Enqueue(line);
            }

            if (_log.Count > MostLines)
            {
                _log.TryDequeue(out _);
            }
        }
    }

    private async Task RepeatAsync(string path, TimeSpan every, Action done, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await _client.GetByteArrayAsync(new Uri(path, UriKind.Relative), CancellationToken.None);
                done();
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                _failed++;
            }

            await PauseAsync(every, end);
        }
    }

    private async Task ReadSlowlyAsync(CancellationToken end)
    {
        var buffer = new byte[16 * 1024];
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(_client.BaseAddress!.Host, _client.BaseAddress.Port, CancellationToken.None);
                await socket.SendAsync("GET /metrics HTTP/1.1\r\nHost: exporter\r\nConnection: close\r\n\r\n"u8.ToArray());
                while (!end.IsCancellationRequested && await socket.ReceiveAsync(buffer) > 0)
                {
                    await PauseAsync(TimeSpan.FromMilliseconds(250), end);
                }

                _slow++;
            }
            catch (SocketException)
            {
                _slow++; // the exporter may give up on it, and says so in its documents
            }
        }
    }

    private static async Task PauseAsync(TimeSpan time, CancellationToken end)
    {
        try
        {
            await Task.Delay(time, TimeProvider.System, end);
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
