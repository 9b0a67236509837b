namespace ZmqExporter.EndToEndTests;

/// <summary>A server whose script threw fails its test, with the text of the exception, whether the test has noticed it or not.</summary>
public sealed class ServerPeerTests
{
    private const string Start = "import sys, threading, time\nprint('ready 1', flush=True)\n";
    private const string Fail = "def fail():\n    raise ValueError('what the script asserts does not hold')\n";

    [Theory]
    [InlineData("fail()")] // ends the process
    [InlineData("threading.Thread(target=fail).start()\ntime.sleep(3600)")] // ends a thread; the process lives on
    public async Task DisposeAsync_ScriptThatThrew_Throws(string script)
    {
        var peer = await ServerPeer.WhenReadyAsync(ChildProcess.Start(PythonPeer.Python, ["-u", "-c", $"{Start}{Fail}{script}"], PythonPeer.Install));
        await peer.Process.WaitForLineAsync("^ValueError");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => peer.DisposeAsync().AsTask());

        Assert.Contains("ValueError: what the script asserts does not hold", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisposeAsync_ScriptThatWroteToStandardError_IsNoFailure()
    {
        var peer = await ServerPeer.WhenReadyAsync(
            ChildProcess.Start(PythonPeer.Python, ["-u", "-c", $"{Start}print('a warning', file=sys.stderr)\ntime.sleep(3600)"], PythonPeer.Install));
        await peer.Process.WaitForLineAsync("^a warning");

        await peer.DisposeAsync();
    }
}
