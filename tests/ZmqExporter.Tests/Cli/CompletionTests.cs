using System.Diagnostics;

namespace ZmqExporter.Tests.Cli;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("failglob")]
    [InlineData("nullglob")]
    public async Task Bash_NamesThatLookLikePatterns_AreTakenAsTheyAre(string option)
    {
        var (_, script, _) = await CommandRun.RunAsync("completion", "bash");
        using var bash = Process.Start(new ProcessStartInfo("bash")
        {
            ArgumentList = { "--norc", "-s" },
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

        await bash.StandardInput.WriteAsync(
            $$"""
            cd /
            shopt -s {{option}}
            {{script}}
            zmq_exporter() { printf '%s\n' 'tcp://[::1]:5555' '*' 'my orders' 'stock'; }
            COMP_LINE='zmq_exporter probe ' COMP_POINT=19 COMP_WORDS=(zmq_exporter probe '') COMP_CWORD=2
            _zmq_exporter
            printf '%s\n' "${COMPREPLY[@]}"
            """);
        bash.StandardInput.Close();

        Assert.Equal("tcp://[::1]:5555\n*\nmy\\ orders\nstock\n", await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}
