namespace ZmqExporter.EndToEndTests;

public sealed class ChildProcessTests
{
    private const int Interrupted = 128 + 2; // as .NET, like a shell, gives the end by a signal: SIGINT is 2

    [Fact]
    public async Task Signal_Interrupt_EndsTheChild()
    {
        await using var child = ChildProcess.Start("bash", ["-c", "echo ready; exec sleep 1h"], "install bash");
        await child.WaitForLineAsync("^ready$");

        await child.SignalAsync("INT");

        Assert.Equal(Interrupted, await child.WaitForExitAsync());
    }

    [Fact]
    public void Start_ProgramThatIsMissing_SaysHowToInstallIt()
    {
        var error = Assert.Throws<InvalidOperationException>(() => ChildProcess.Start("no-such-program", [], "install it with: apt-get install it"));

        Assert.Equal("no-such-program cannot be found; install it with: apt-get install it", error.Message);
    }
}
