using System.Globalization;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A client on real libzmq, to check servers without the exporter.</summary>
internal static class ZmqCheck
{
    /// <summary>Sends a text (or subscribes to it) and returns the first frame that comes, or "nothing".</summary>
    /// <param name="kind">REQ or SUB.</param>
    /// <param name="endpoint">Where to.</param>
    /// <param name="text">The request or the topic.</param>
    /// <param name="timeout">How long to wait, or null for very long.</param>
    public static async Task<string> AskAsync(string kind, string endpoint, string text, TimeSpan? timeout = null)
    {
        string[] patience = timeout is { } t ? [t.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)] : [];
        await using var process = ChildProcess.Start(
            PythonPeer.Python, [Path.Combine(AppContext.BaseDirectory, "peers", "check.py"), kind, endpoint, text, .. patience], PythonPeer.Install);
        var exitCode = await process.WaitForExitAsync();
        Assert.True(exitCode == 0, process.Transcript());
        return string.Join('\n', process.Output);
    }
}
