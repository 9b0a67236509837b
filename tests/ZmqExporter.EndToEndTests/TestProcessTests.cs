namespace ZmqExporter.EndToEndTests;

/// <summary>The tests pass whatever their order is, and wherever they are started.</summary>
public sealed class TestProcessTests
{
    // What a server sends can end a process that uses NetMQ: servers and workers on NetMQ are processes of tests/NetMqPeer.
    [Fact]
    public void Tests_OfThisAssembly_OpenNoNetMqSocketThemselves() =>
        Assert.DoesNotContain(typeof(TestProcessTests).Assembly.GetReferencedAssemblies(), assembly => assembly.Name == "NetMQ");

    // A shell starts a background job like this.
    [Fact]
    public Task Tests_WhereInterruptsAreIgnored_PassAllTheSame() =>
        AssertPassesAsync("trap '' INT", typeof(ChildProcessTests), nameof(ChildProcessTests.Signal_Interrupt_EndsTheChild));

    [Fact]
    public Task Tests_BehindAProxy_PassAllTheSame() => AssertPassesAsync(
        "export http_proxy=http://127.0.0.1:1 HTTP_PROXY=http://127.0.0.1:1", typeof(ServeTests), nameof(ServeTests.Start_OnPortZero_LogsOneListeningLineWithTheRealPort));

    /// <summary>Runs a test of this assembly in a process of its own, after a command of the shell.</summary>
    private static async Task AssertPassesAsync(string command, Type type, string method)
    {
        using var results = new TempDirectory();
        await using var run = ChildProcess.Start(
            "bash",
            [
                "-c", $"{command}; exec \"$@\"", "bash", BuiltProgram.Path("ZmqExporter.EndToEndTests", "ZmqExporter.EndToEndTests"),
                "--filter-method", $"{type.FullName}.{method}", "--results-directory", results.Path,
                // Where CI is set the summary is coloured otherwise.
                "--no-ansi", "--progress", "off",
            ],
            "install bash");

        Assert.True(await run.WaitForExitAsync(TimeSpan.FromMinutes(3)) == 0, run.Transcript());
        Assert.True(run.Output.Any(line => line.Trim() == "succeeded: 1"), run.Transcript());
    }
}
