using ZmqExporter.Http;
using ZmqExporter.OnDemand;
using ZmqExporter.Tests.OnDemand;
using Zmtp;

namespace ZmqExporter.Tests.Http;

public sealed class RecentProbesTableTests
{
    private readonly RecentProbes _recent = new();

    [Fact]
    public async Task WriteAsync_Nothing_LeavesNoTrace() => Assert.Equal("", await WriteAsync());

    [Fact]
    public async Task WriteAsync_Probes_LinkToTheirText()
    {
        _recent.Add(Reports.Of(Reports.Good));
        _recent.Add(Reports.Of(Reports.Bad));

        var html = await WriteAsync();

        Assert.Contains(
            "<tr><td><time datetime=\"2026-01-02T03:04:05Z\">2026-01-02T03:04:05Z</time></td><td>tcp://127.0.0.1:1</td><td>ping</td>"
            + "<td class=\"state down\">failure: refused</td><td class=\"number\">0.250</td><td><a href=\"probe/2\">log of probe 2</a></td></tr>",
            html,
            StringComparison.Ordinal);
        Assert.True(html.IndexOf("probe/2", StringComparison.Ordinal) < html.IndexOf("probe/1", StringComparison.Ordinal));
        Assert.Contains("<td class=\"state up\">success</td>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_HostilePath_IsEncoded()
    {
        Assert.True(ZmtpEndpoint.TryParse("ipc:///run/<script>\"&", out var endpoint, out _));
        var report = Reports.Of(Reports.Bad);
        _recent.Add(report with { Conversation = report.Conversation with { Target = report.Conversation.Target with { Endpoint = endpoint } } });

        var html = await WriteAsync();

        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Contains("ipc:///run/&lt;script&gt;&quot;&amp;", html, StringComparison.Ordinal);
    }

    private async Task<string> WriteAsync()
    {
        await using var writer = new StringWriter();
        await RecentProbesTable.WriteAsync(writer, _recent.All());
        return writer.ToString();
    }
}
