using System.Globalization;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>Servers on real libzmq: the scripts in peers/.</summary>
internal static class PythonPeer
{
    /// <summary>Debian's own interpreter: another one that comes first on the PATH has no zmq.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>What to tell who does not have it.</summary>
    public const string Install = "install it with: apt-get install python3 python3-zmq libzmq5 python3-msgpack python3-ipykernel mongrel2-core";

    /// <summary>Starts a script and waits until it listens.</summary>
    /// <param name="script">Its name in peers/.</param>
    /// <param name="arguments">Its arguments, such as <c>--port 5555</c>.</param>
    public static async Task<ServerPeer> StartAsync(string script, params string[] arguments)
    {
        try
        {
            return await ServerPeer.WhenReadyAsync(StartProcess(script, arguments));
        }
        catch (InvalidOperationException e) when (e.Message.Contains("No module named", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"Python lacks a module; {Install}\n{e.Message}", e);
        }
    }

    /// <summary>Starts a script and waits for nothing.</summary>
    public static ChildProcess StartProcess(string script, params IEnumerable<string> arguments) =>
        ChildProcess.Start(Python, ["-u", Path.Combine(AppContext.BaseDirectory, "peers", script), .. arguments], Install);

    /// <summary>A REP server, see peers/rep_server.py.</summary>
    /// <param name="port">The port, 0 for a free one.</param>
    public static Task<ServerPeer> StartRepAsync(int port = 0) =>
        StartAsync("rep_server.py", "--port", port.ToString(CultureInfo.InvariantCulture));
}
