using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A process of ours whose lines are kept. Its disposal kills it, stopped or not.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // How Python and .NET begin to say that nothing has caught an exception.
    private static readonly string[] UncaughtException = ["Traceback (most recent call last)", "Unhandled exception"];

    // How long to wait for the last lines of what has ended: a child of it that lives on may hold its streams open.
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<string> _output = [];
    private readonly List<string> _error = [];
    private readonly Process _process;
    private readonly string _name;
    private bool _disposed;

    private ChildProcess(Process process, string name)
    {
        _process = process;
        _name = name;
    }

    /// <summary>Every line of its standard output so far.</summary>
    public IReadOnlyList<string> Output => Snapshot(_output);

    /// <summary>Every line of its standard error so far.</summary>
    public IReadOnlyList<string> Error => Snapshot(_error);

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its path or name.</param>
    /// <param name="arguments">Its arguments, unquoted.</param>
    /// <param name="install">What to tell who does not have it.</param>
    /// <param name="workingDirectory">Where it runs, or null for here.</param>
    /// <param name="environment">What it has in its environment beside ours, or null for nothing.</param>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        string install,
        string? workingDirectory = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        // A child inherits which signals are ignored, as those of the terminal are in a background job or under nohup: env resets them, and
        // becomes the program.
        var path = Find(program) ?? throw new InvalidOperationException($"{program} cannot be found; {install}");
        var start = new ProcessStartInfo("env", ["--default-signal", path, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        var child = new ChildProcess(process, Path.GetFileName(program));
        process.OutputDataReceived += (_, e) => child.Keep(child._output, e.Data);
        process.ErrorDataReceived += (_, e) => child.Keep(child._error, e.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            process.Dispose();
            throw new InvalidOperationException($"{program} cannot be started, because env cannot ({e.Message})", e);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits for a line of either stream; fails at once when the process ends without it.</summary>
    public Task<Match> WaitForLineAsync(string pattern) => WaitForLineAsync(pattern, 0);

    /// <summary>As the other one, but looks only at lines of the standard output from this number on.</summary>
    public async Task<Match> WaitForLineAsync(string pattern, int skipOutput)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        return await Eventually.GetAsync(
            async () =>
            {
                // Asked before the lines are read: a line written just before the end counts.
                var ended = _process.HasExited;
                if (ended)
                {
                    await LastLinesAsync();
                }

                var match = Output.Skip(skipOutput).Concat(Error).Select(line => regex.Match(line)).FirstOrDefault(m => m.Success);
                return match is null && ended ? throw new InvalidOperationException($"{_name} ended with {_process.ExitCode} before \"{pattern}\"{Transcript()}") : match;
            },
            Eventually.Deadline,
            () => $"{_name} printed no \"{pattern}\"{Transcript()}");
    }

    /// <summary>Writes a line to its standard input.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Writes a text to its standard input and closes that.</summary>
    public async Task WriteInputAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        _process.StandardInput.Close();
    }

    /// <summary>Sends a signal by its name: TERM, INT, STOP, CONT, KILL. Returns from STOP when every thread stands still.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("bash", ["-c", $"kill -s {name} {_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
        if (name == "STOP")
        {
            // A thread that runs on another processor goes on for a moment, long enough to answer.
            await Eventually.GetAsync(() => Task.FromResult(IsStopped() ? this : null), Eventually.Deadline, () => $"{_name} did not stop");
        }
    }

    /// <summary>Kills it, and nothing that it has started, with SIGKILL; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync();
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? timeout = null)
    {
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(timeout ?? Eventually.Deadline);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{_name} did not end{Transcript()}", e);
        }

        return _process.ExitCode;
    }

    /// <summary>What it printed, for messages.</summary>
    public string Transcript() => $"\n--- standard output of {_name}\n{string.Join('\n', Output)}\n--- standard error\n{string.Join('\n', Error)}";

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        else
        {
            await LastLinesAsync();
        }

        _process.Dispose();
    }

    /// <summary>As the disposal, for a script of a test: one that threw fails the test, with the text of its exception.</summary>
    /// <exception cref="InvalidOperationException">It printed an exception that nothing had caught, in whatever thread of it.</exception>
    public async ValueTask DisposeScriptAsync()
    {
        await DisposeAsync();
        if (Error.Any(line => UncaughtException.Any(start => line.StartsWith(start, StringComparison.Ordinal))))
        {
            throw new InvalidOperationException($"the script of {_name} threw{Transcript()}");
        }
    }

    // Of the waits for an end, only the asynchronous one and the one without a time also wait for the ends of the streams.
    private async Task LastLinesAsync()
    {
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(LastLines);
        }
        catch (TimeoutException)
        {
            // somebody else holds them open: what has come so far has to do
        }
    }

    // proc(5): the state is the first field behind the name, which is in brackets and may itself have some.
    private bool IsStopped()
    {
        try
        {
            return Directory.GetDirectories($"/proc/{_process.Id}/task").All(task =>
            {
                var stat = File.ReadAllText(Path.Combine(task, "stat"));
                return stat[stat.LastIndexOf(')') + 2] == 'T';
            });
        }
        catch (IOException)
        {
            return false; // a thread ended meanwhile
        }
    }

    private static string? Find(string program)
    {
        var directories = program.Contains('/', StringComparison.Ordinal) ? [""] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return directories.Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
    }

    private void Keep(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (_lock)
            {
                lines.Add(line);
            }
        }
    }

    private List<string> Snapshot(List<string> lines)
    {
        lock (_lock)
        {
            return [.. lines];
        }
    }
}
