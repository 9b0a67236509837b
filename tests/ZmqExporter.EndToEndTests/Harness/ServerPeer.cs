using System.Globalization;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>
/// A ZeroMQ server in a process of its own, which prints "ready PORT" and acknowledges each command of its standard input with
/// "ok COMMAND". It ends with that input, so that none outlives the tests. One that threw fails the test: the disposal throws.
/// </summary>
internal sealed class ServerPeer : IAsyncDisposable
{
    private ServerPeer(ChildProcess process, int port)
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

    /// <summary>Waits until a process that was just started listens; takes it over, even when it never does.</summary>
    public static async Task<ServerPeer> WhenReadyAsync(ChildProcess process)
    {
        try
        {
            var ready = await process.WaitForLineAsync(@"^ready (\d+)$");
            return new ServerPeer(process, int.Parse(ready.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives it a command, such as <c>hang</c>, and waits until it obeys.</summary>
    public async Task CommandAsync(string command)
    {
        var seen = Process.Output.Count;
        await Process.WriteLineAsync(command);
        await AcknowledgedAsync(seen);
    }

    /// <summary>Gives a frozen server a command and lets it go on: it obeys before it answers what waits on its socket.</summary>
    public async Task ThawAsync(string command)
    {
        var seen = Process.Output.Count;
        await Process.WriteLineAsync(command);
        await Process.SignalAsync("CONT");
        await AcknowledgedAsync(seen);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Process.DisposeScriptAsync();

    private async Task AcknowledgedAsync(int seen)
    {
        var answer = await Process.WaitForLineAsync("^(ok|error) ", seen);
        Assert.StartsWith("ok", answer.Value, StringComparison.Ordinal);
    }
}
