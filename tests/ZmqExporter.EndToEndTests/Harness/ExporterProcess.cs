using System.Globalization;
using System.Net;
using ZmqExporter.Limits;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>The real executable, serving a configuration on a free port.</summary>
internal sealed class ExporterProcess : IRestartable
{
    private const string ListeningLine = @"msg=""listening"" address=(https?://\S+)$";

    private readonly TempDirectory _directory;
    private readonly HttpClient _client;
    private ReservedPort? _port;

    private ExporterProcess(ChildProcess process, TempDirectory directory, string configFile, Uri address)
    {
        Process = process;
        _directory = directory;
        ConfigFile = configFile;
        _client = new HttpClient { BaseAddress = address, Timeout = Eventually.Deadline };
    }

    /// <summary>The program under test: the native build that <c>ZMQ_EXPORTER_UNDER_TEST</c> names, as in tests/run.sh, or what the solution's build made.</summary>
    public static string Executable { get; } =
        Environment.GetEnvironmentVariable("ZMQ_EXPORTER_UNDER_TEST") is { Length: > 0 } path ? path : FrameworkDependent;

    /// <summary>The native build, also where the tests run against the other one.</summary>
    public static string Native { get; } = Executable != FrameworkDependent ? Executable : Path.Combine(Repository.Root, "artifacts", "native", "zmq_exporter");

    /// <summary>How many open files it needs without any target.</summary>
    public static int FilesOfItsOwn { get; } = DescriptorNeeds.FewestOf(native: Executable != FrameworkDependent);

    /// <summary>What a shell does to leave it that many files besides.</summary>
    public static string FileLimit(int others) => string.Create(CultureInfo.InvariantCulture, $"ulimit -n {FilesOfItsOwn + others}");

    private static string FrameworkDependent => BuiltProgram.Path("ZmqExporter", "zmq_exporter");

    /// <summary>The process, for its lines and for signals.</summary>
    public ChildProcess Process { get; private set; }

    /// <summary>The configuration that it serves.</summary>
    public string ConfigFile { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address => _client.BaseAddress!;

    /// <summary>Its log lines so far.</summary>
    public IReadOnlyList<string> LogLines => Process.Error;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="config">The configuration's text.</param>
    /// <param name="flags">Further flags.</param>
    public static Task<ExporterProcess> StartAsync(string config, params string[] flags) => StartInAsync(null, config, flags);

    /// <summary>The same, after a shell has done something to itself, such as <see cref="FileLimit"/>.</summary>
    /// <param name="shell">What it does, or null.</param>
    /// <param name="config">The configuration's text.</param>
    /// <param name="flags">Further flags.</param>
    public static Task<ExporterProcess> StartInAsync(string? shell, string config, params string[] flags) =>
        StartAsync(config, flags, arguments => shell is null ? StartProcess(arguments) : StartProcessIn(shell, arguments));

    /// <summary>The build that needs .NET beside it, whichever one the others test.</summary>
    /// <param name="config">The configuration's text.</param>
    public static Task<ExporterProcess> StartFrameworkDependentAsync(string config) =>
        StartAsync(config, [], arguments => ChildProcess.Start(FrameworkDependent, arguments, "build the solution first"));

    /// <summary>The native build, confined as the systemd unit confines it: its first system call that is not allowed kills it.</summary>
    /// <param name="config">The configuration's text.</param>
    /// <param name="flags">Further flags.</param>
    public static Task<ExporterProcess> StartConfinedAsync(string config, params string[] flags) => StartAsync(config, flags, arguments => ChildProcess.Start(
        "/usr/bin/python3",
        [
            Path.Combine(AppContext.BaseDirectory, "peers", "confined.py"),
            Path.Combine(Repository.Root, "packaging", "systemd", "zmq_exporter.service"),
            Native,
            .. arguments,
        ],
        "install it with: apt-get install python3; it needs systemd-analyze and libseccomp, too"));

    private static async Task<ExporterProcess> StartAsync(string config, string[] flags, Func<string[], ChildProcess> start)
    {
        var directory = new TempDirectory();
        ChildProcess? process = null;
        try
        {
            var file = directory.Write("zmq_exporter.yml", config);
            process = start([$"--config.file={file}", "--web.listen-address=127.0.0.1:0", .. flags]);
            var line = await process.WaitForLineAsync(ListeningLine);
            return new ExporterProcess(process, directory, file, new Uri(line.Groups[1].Value));
        }
        catch
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }

            directory.Dispose();
            throw;
        }
    }

    /// <summary>Kills it and starts it again, on the same port with the same configuration and no further flags.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        BeginStart();
        await WaitUntilReadyAsync();
    }

    /// <inheritdoc />
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await Process.DisposeAsync();
        _port ??= new ReservedPort(Address.Port); // so that nobody takes it meanwhile
    }

    /// <inheritdoc />
    public void BeginStart() => Process = StartProcess([$"--config.file={ConfigFile}", $"--web.listen-address={Address.Authority}"]);

    /// <inheritdoc />
    public Task WaitUntilReadyAsync() => Process.WaitForLineAsync(ListeningLine);

    /// <summary>Starts it with any command line.</summary>
    public static ChildProcess StartProcess(IEnumerable<string> arguments) =>
        ChildProcess.Start(Executable, arguments, "build the solution first");

    /// <summary>The same, after a shell has done something to itself.</summary>
    public static ChildProcess StartProcessIn(string shell, IEnumerable<string> arguments) =>
        ChildProcess.Start("bash", ["-c", $"{shell}; exec \"$0\" \"$@\"", Executable, .. arguments], "install bash");

    /// <summary>Runs it to its end.</summary>
    public static async Task<CommandResult> RunAsync(params string[] arguments)
    {
        await using var process = StartProcess(arguments);
        var exitCode = await process.WaitForExitAsync();
        return new CommandResult(exitCode, string.Join('\n', process.Output), string.Join('\n', process.Error));
    }

    /// <summary>GET; the caller disposes the response.</summary>
    public Task<HttpResponseMessage> GetAsync(string path) =>
        _client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>GET whose answer must be a success; returns its text.</summary>
    public Task<string> GetTextAsync(string path) =>
        _client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>The samples of <c>/metrics</c>.</summary>
    public async Task<MetricSamples> ScrapeAsync() => MetricSamples.Parse(await GetTextAsync("/metrics"));

    /// <summary>Scrapes until the condition holds and returns that scrape. One that is refused for a lack of memory is not the last.</summary>
    public async Task<MetricSamples> EventuallyAsync(Func<MetricSamples, bool> condition, TimeSpan? timeout = null)
    {
        MetricSamples? last = null;
        return await Eventually.GetAsync(
            async () =>
            {
                using var answer = await GetAsync("/metrics");
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                {
                    return null;
                }

                last = MetricSamples.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                return condition(last) ? last : null;
            },
            timeout ?? Eventually.Deadline,
            () => $"the metrics never showed it\n{last?.Text}{Process.Transcript()}");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Process.DisposeAsync();
        _port?.Dispose();
        _directory.Dispose();
    }
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error);
