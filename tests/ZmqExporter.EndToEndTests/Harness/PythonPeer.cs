using System.Globalization;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A server on real libzmq: one of the scripts in peers/. It ends with its standard input, so that none outlives the tests.</summary>
internal sealed class PythonPeer : IAsyncDisposable
{
    /// <summary>Debian's own interpreter: another one that comes first on the PATH has no zmq.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>What to tell who does not have it.</summary>
    public const string Install = "install it with: apt-get install python3 python3-zmq libzmq5 python3-msgpack python3-ipykernel";

    private PythonPeer(ChildProcess process, int port)
    {
        Process = process;
        Port = port;
    }

    /// <summary>The process, for signals.</summary>
    public ChildProcess Process { get; }

    /// <summary>The TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The ZeroMQ endpoint.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{Port}");

    /// <summary>Starts a script and waits until it listens.</summary>
    /// <param name="script">Its name in peers/.</param>
    /// <param name="arguments">Its arguments, such as <c>--port 5555</c>.</param>
    public static async Task<PythonPeer> StartAsync(string script, params string[] arguments)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "peers", script);
        var process = ChildProcess.Start(Python, ["-u", path, .. arguments], Install);
        try
        {
            var ready = await process.WaitForLineAsync(@"^ready (\d+)$");
            return new PythonPeer(process, int.Parse(ready.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        }
        catch (InvalidOperationException e) when (e.Message.Contains("No module named", StringComparison.Ordinal))
        {
            await process.DisposeAsync();
            throw new InvalidOperationException($"Python lacks a module; {Install}\n{e.Message}", e);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>A REP server, see peers/rep_server.py.</summary>
    /// <param name="port">The port, 0 for a free one.</param>
    public static Task<PythonPeer> StartRepAsync(int port = 0) =>
        StartAsync("rep_server.py", "--port", port.ToString(CultureInfo.InvariantCulture));

    /// <summary>Gives the script a command, such as <c>hang</c>, and waits until it obeys.</summary>
    public async Task CommandAsync(string command)
    {
        var seen = Process.Output.Count;
        await Process.WriteLineAsync(command);
        var answer = await Process.WaitForLineAsync("^(ok|error) ", seen);
        Assert.StartsWith("ok", answer.Value, StringComparison.Ordinal);
    }

    /// <summary>Gives a frozen script a command and lets it go on: it obeys before it answers what waits on its socket.</summary>
    public async Task ThawAsync(string command)
    {
        var seen = Process.Output.Count;
        await Process.WriteLineAsync(command);
        await Process.SignalAsync("CONT");
        var answer = await Process.WaitForLineAsync("^(ok|error) ", seen);
        Assert.StartsWith("ok", answer.Value, StringComparison.Ordinal);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
