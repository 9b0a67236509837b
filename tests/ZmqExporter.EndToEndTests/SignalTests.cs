using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace ZmqExporter.EndToEndTests;

/// <summary>Signals at every moment, from the start of the process on.</summary>
[SupportedOSPlatform("linux")]
public sealed class SignalTests
{
    /// <summary>How long an end may take.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private const int HangUp = 1; // SIGHUP, which is the last one that the program listens to
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const int BySignal = 128; // as .NET, like a shell, gives the end by a signal

    /// <summary>Signals, and milliseconds since the program listens.</summary>
    public static TheoryData<int, int> Moments
    {
        get
        {
            var moments = new TheoryData<int, int>();
            for (var offset = 0; offset <= 2000; offset += 100)
            {
                moments.Add(Terminate, offset);
                if (offset % 400 == 0)
                {
                    moments.Add(Interrupt, offset);
                }
            }

            return moments;
        }
    }

    // Before the runtime runs our first line the kernel's default action holds, and nothing can be done about that.
    [Fact]
    public async Task Terminate_WithinTheFirstMoments_EndsItWithZeroAsSoonAsItListens()
    {
        using var setup = new Setup();
        for (var offset = 0; offset <= 200; offset += 20)
        {
            await using var process = setup.Start();
            await After(offset);

            var listens = Listens(process);
            Assert.Equal(0, Kill(process.Id, Terminate));

            var code = await process.WaitForExitAsync(Limit);
            Assert.True(code == 0 || (code == BySignal + Terminate && !listens), $"after {offset} ms: {code}, listens: {listens}{process.Transcript()}");
        }
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Signal_AnyMomentAfterThat_EndsItWithZeroAndWithoutAWordOfError(int signal, int offset)
    {
        using var setup = new Setup();
        await using var process = await setup.StartListeningAsync();
        await After(offset);

        Assert.Equal(0, Kill(process.Id, signal));

        Assert.True(await process.WaitForExitAsync(Limit) == 0, process.Transcript());
        Assert.DoesNotContain(process.Error, line => line.Contains("level=error", StringComparison.Ordinal) || !line.StartsWith("time=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    [InlineData(1500)]
    public async Task Terminate_AgainAndAgain_EndsItAllTheSame(int offset)
    {
        using var setup = new Setup();
        await using var process = await setup.StartListeningAsync();
        await After(offset);
        while (Listens(process) && Kill(process.Id, Terminate) == 0)
        {
            await After(1);
        }

        Assert.True(await process.WaitForExitAsync(Limit) == 0, process.Transcript());
    }

    [Fact]
    public async Task HangUp_DuringTheStartAndAfterIt_NeverKillsAndReloads()
    {
        using var setup = new Setup();
        await using var process = await setup.StartListeningAsync();
        Assert.Equal(0, Kill(process.Id, HangUp));
        await process.WaitForLineAsync("msg=\"config reloaded\" cause=SIGHUP");
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(0, Kill(process.Id, HangUp));
        }

        Assert.Equal(0, Kill(process.Id, Terminate));

        Assert.True(await process.WaitForExitAsync(Limit) == 0, process.Transcript());
    }

    // Whoever starts it may ignore or block signals, and its child inherits that.
    [Theory]
    [InlineData("ignored", "trap '' TERM; exec \"$@\"")]
    [InlineData("blocked", "exec /usr/bin/python3 -c 'import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]); os.execv(sys.argv[1], sys.argv[1:])' \"$@\"")]
    public async Task Terminate_ParentDidNotWantIt_EndsItAllTheSame(string how, string script)
    {
        using var setup = new Setup();
        await using var process = ChildProcess.Start("bash", ["-c", script, how, ExporterProcess.Executable, .. setup.Arguments], PythonPeer.Install);
        await process.WaitForLineAsync("msg=\"listening\"");

        Assert.Equal(0, Kill(process.Id, Terminate));

        Assert.Equal(0, await process.WaitForExitAsync(Limit));
    }

    // As a shell starts a background job: the Ctrl-C is meant for the program in the foreground.
    [Fact]
    public async Task Interrupt_ABackgroundJob_IsIgnored()
    {
        using var setup = new Setup();
        await using var process = ChildProcess.Start("bash", ["-c", "trap '' INT; exec \"$@\"", "bash", ExporterProcess.Executable, .. setup.Arguments], "install bash");
        await process.WaitForLineAsync("msg=\"listening\"");

        Assert.Equal(0, Kill(process.Id, Interrupt));
        Assert.Equal(0, Kill(process.Id, HangUp)); // comes after it, and is answered
        await process.WaitForLineAsync("config reloaded");

        Assert.DoesNotContain(process.Error, line => line.Contains("stopping", StringComparison.Ordinal));
        Assert.Equal(0, Kill(process.Id, Terminate));
        Assert.Equal(0, await process.WaitForExitAsync(Limit));
    }

    // The configuration may lie where reading it never ends.
    [Fact]
    public async Task Terminate_WhileTheConfigurationIsBeingRead_EndsItInTime()
    {
        using var directory = new TempDirectory();
        var fifo = Path.Combine(directory.Path, "zmq_exporter.yml");
        await using var process = ChildProcess.Start(
            "bash", ["-c", "mkfifo \"$1\" && exec \"$2\" --config.file=\"$1\" --web.listen-address=127.0.0.1:0", "bash", fifo, ExporterProcess.Executable], "install bash");
        await ListensAsync(process);

        _ = Kill(process.Id, Terminate); // it may refuse such a file and have ended

        Assert.InRange(await process.WaitForExitAsync(Limit), 0, 1);
    }

    [Theory]
    [InlineData(Interrupt, "2 probes: 0 OK, 0 late, 2 missed", 2)]
    [InlineData(Terminate, "2 probes: 0 OK, 0 late, 2 missed", 2)]
    [InlineData(HangUp, "2 probes: 0 OK, 0 late, 2 missed", 2)]
    public async Task Probe_EndedBetweenProbes_SumsUpWhatItSaw(int signal, string summary, int code)
    {
        await using var process = ExporterProcess.StartProcess(["probe", "tcp://127.0.0.1:1", "--count=1000"]);
        await process.WaitForLineAsync("^FAILED");
        await process.WaitForLineAsync("^FAILED", skipOutput: process.Output.ToList().FindIndex(line => line.StartsWith("FAILED", StringComparison.Ordinal)) + 1);

        Assert.Equal(0, Kill(process.Id, signal));

        Assert.Equal(code, await process.WaitForExitAsync(Limit));
        Assert.Equal(summary, process.Output[^1]);
        Assert.Empty(process.Error);
    }

    [Fact]
    public async Task Probe_EndedBeforeItsFirstResult_IsUnknown()
    {
        await using var silent = RawPeer.Silent();
        await using var process = ExporterProcess.StartProcess(["probe", silent.Endpoint, "--timeout=1h"]);
        await process.WaitForLineAsync("^tcp://");

        Assert.Equal(0, Kill(process.Id, Terminate));

        Assert.Equal(3, await process.WaitForExitAsync(Limit));
        Assert.Equal("zmq_exporter: ended by a signal before the probe had a result", Assert.Single(process.Error));
    }

    private static bool Listens(ChildProcess process)
    {
        try
        {
            var caught = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("SigCgt:", StringComparison.Ordinal))["SigCgt:".Length..];
            return (ulong.Parse(caught.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (HangUp - 1))) != 0;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            return false; // it has ended
        }
    }

    private static async Task ListensAsync(ChildProcess process) =>
        _ = await Eventually.GetAsync(() => Task.FromResult(Listens(process) ? process : null), Eventually.Deadline, () => $"it does not listen{process.Transcript()}");

    // The moment is what is tested; nothing is waited for.
    private static async Task After(int offset)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < offset)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    /// <summary>An exporter with a target of each kind, which misses at once or late.</summary>
    private sealed class Setup : IDisposable
    {
        private readonly TempDirectory _directory = new();

        public Setup()
        {
            var file = _directory.Write(
                "zmq_exporter.yml",
                """
                defaults: {interval: 1s, timeout: 900ms, policy: {late_after: 400ms}}
                modules:
                  ping: {prober: request, send: [ping], expect: [{equals: pong}]}
                  feed: {prober: subscribe, topics: [""], max_silence: 5s}
                  transport: {prober: handshake}
                targets:
                  - {name: refused, endpoint: "tcp://127.0.0.1:1", modules: [ping, feed, transport]}
                  - {name: nowhere, endpoint: "tcp://zmq-exporter-test.invalid:5555", modules: [ping]}

                """);
            Arguments = [$"--config.file={file}", "--web.listen-address=127.0.0.1:0"];
        }

        public string[] Arguments { get; }

        public ChildProcess Start() => ExporterProcess.StartProcess(Arguments);

        public async Task<ChildProcess> StartListeningAsync()
        {
            var process = Start();
            try
            {
                await ListensAsync(process);
                return process;
            }
            catch
            {
                await process.DisposeAsync();
                throw;
            }
        }

        public void Dispose() => _directory.Dispose();
    }
}
