using ZmqExporter.Cli;
using ZmqExporter.Configuration;
using ZmqExporter.Tests.Probing;
using Zmtp;
using Zmtp.Endpoints;

namespace ZmqExporter.Tests.Cli;

public sealed class ProbeRunTests
{
    [Fact]
    public async Task RunAsync_SignalBeforeTheSecondModule_IsNoCompleteRun()
    {
        Assert.True(ZmtpEndpoint.TryParse("ipc:///nowhere/at/all", out var endpoint, out _));
        var first = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: true, [])) with { Endpoint = endpoint };
        using var ended = new CancellationTokenSource();
        using var output = new EndingWriter("second: ", ended);
        using var session = new ProbeSession([first], default);

        var summary = await new ProbeRun(session, [first, first with { Name = "second" }], count: 1, new ProbeReport(areNamed: true, ReportForm.Text, output)).RunAsync(ended.Token);

        Assert.Equal((1, "ended by a signal, and 1 of 2 are missing"), (summary.Count, summary.Incomplete));
        Assert.EndsWith("1 probe: 0 OK, 0 late, 1 missed; ended by a signal, and 1 of 2 are missing\n", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Has the run end at a line.</summary>
    private sealed class EndingWriter(string start, CancellationTokenSource ended) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value!.StartsWith(start, StringComparison.Ordinal))
            {
                ended.Cancel();
            }
        }
    }
}
