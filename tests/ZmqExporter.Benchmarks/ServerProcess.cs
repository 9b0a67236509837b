using System.Diagnostics;

namespace ZmqExporter.Benchmarks;

/// <summary>A libzmq server in a process of its own, a REP that answers "pong" unless its arguments say otherwise, so that its CPU time is not counted as ours.</summary>
internal sealed class ServerProcess : IDisposable
{
    public const string Argument = "rep-server";

    private readonly Process _process;

    public ServerProcess()
        : this(Argument)
    {
    }

    public ServerProcess(params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        Endpoint = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The server did not start.");
    }

    public string Endpoint { get; }

    /// <summary>The next line that it prints.</summary>
    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server ended.");

    /// <summary>What the child does: serves until it is killed.</summary>
    public static void Serve(ReadOnlySpan<string> security)
    {
        using var socket = new Libzmq(Libzmq.Rep);
        if (security is ["plain"])
        {
            socket.ServeZap();
            socket.Set(Libzmq.PlainServer, 1);
        }
        else if (security is ["curve", var secretKey])
        {
            socket.Set(Libzmq.CurveServer, 1);
            socket.Set(Libzmq.CurveSecretKey, secretKey);
        }

        Console.WriteLine(socket.Bind("tcp://127.0.0.1:*"));
        var buffer = new byte[1024];
        while (true)
        {
            _ = socket.Receive(buffer);
            socket.Send("pong"u8);
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
