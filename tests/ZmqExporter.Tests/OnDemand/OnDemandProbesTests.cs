using System.Net;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.OnDemand;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;
using Zmtp.Connecting;

namespace ZmqExporter.Tests.OnDemand;

public sealed class OnDemandProbesTests : ConnectionTestBase
{
    private const string Modules =
        "modules: {look: {prober: handshake, timeout: 5s}, mq: {prober: request, send: [a], client: netmq}}\n";

    private readonly RecentProbes _recent = new();
    private int _lookups;

    [Theory]
    [InlineData("tcp://127.0.0.1:1", "lok", "there is no module \"lok\"; did you mean look? Modules: look, mq, ")]
    [InlineData("tcp://127.0.0.1:1", "mq", "module \"mq\" has client: netmq")]
    [InlineData("127.0.0.1:1", "look", "target \"127.0.0.1:1\": an endpoint starts with its transport; write tcp://127.0.0.1:1")]
    [InlineData("tcp://127.0.0.1:1", "look", "target \"tcp://127.0.0.1:1\" is not allowed")]
    [InlineData("tcp://other:5555", "look", "target \"tcp://other:5555\" is not allowed")]
    [InlineData("ipc:///run/server.sock", "transport", "target \"ipc:///run/server.sock\" is not allowed")]
    public async Task AskAsync_BadQuestion_IsRefusedWithTheReason(string target, string module, string words)
    {
        var answer = await AskAsync("hosts: [name], ports: [5555]", target, module);

        Assert.StartsWith(words, answer.Refusal, StringComparison.Ordinal);
        Assert.False(answer.IsBusy);
        Assert.Empty(_recent.All());
        Assert.Equal(0, _lookups);
    }

    [Fact]
    public async Task AskAsync_ModuleThatIsPushedTo_SaysWhoKnows()
    {
        var answer = await AskAsync("hosts: [name], ports: [5555]", "tcp://name:5555", "heartbeat_push");

        Assert.StartsWith("module \"heartbeat_push\" waits for heartbeats that are pushed to the exporter (prober: listen), so that there is nothing to connect to", answer.Refusal, StringComparison.Ordinal);
        Assert.Empty(_recent.All());
        Assert.Equal(0, _lookups);
    }

    [Fact]
    public async Task AskAsync_NoRules_SaysWhereTheyStand() =>
        Assert.Contains("probe_endpoint.allow of the config is empty", (await AskAsync("", "tcp://name:1", "look")).Refusal, StringComparison.Ordinal);

    // It resolves to what is allowed when it is first asked, and to our own host when it is connected to: only the second answer counts.
    [Fact]
    public async Task AskAsync_NameThatRebinds_IsRefusedWhereItReallyLeads()
    {
        var server = Serve(_ => { });
        var addresses = new Queue<IPAddress>([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback, IPAddress.Parse("::ffff:127.0.0.1")]);
        var probes = Probes("cidrs: [127.0.0.2]", _ => [addresses.Dequeue()]);

        var first = await probes.AskAsync($"tcp://rebinds:{server.Port}", "look", null, TestContext.Current.CancellationToken);
        Assert.Equal(FailureReason.Refused, first.Report?.Reason); // nothing listens there, but it was asked

        for (var i = 0; i < 2; i++)
        {
            var answer = await probes.AskAsync($"tcp://rebinds:{server.Port}", "look", null, TestContext.Current.CancellationToken);
            Assert.Contains("is not allowed", answer.Refusal, StringComparison.Ordinal);
            Assert.DoesNotContain("127.0.0.1", answer.Refusal, StringComparison.Ordinal); // who asks need not learn what names lead to
        }

        Assert.Single(_recent.All());
    }

    [Fact]
    public async Task AskAsync_ServerThatAnswers_IsASuccessThatIsKept()
    {
        var server = Serve(peer => peer.Handshake("REP"));

        var answer = await AskAsync("hosts: [127.0.0.1]", $"tcp://127.0.0.1:{server.Port}", "look", 60);

        Assert.True(answer.Report?.IsSuccess, answer.Refusal);
        Assert.True(Assert.Single(_recent.All()).IsSuccess);
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Report!.Conversation.Target.Module.Timeout);
    }

    [Fact]
    public async Task AskAsync_AskerGoesAway_EndsTheProbeAndKeepsNothing()
    {
        using var asked = new ManualResetEventSlim();
        var server = Serve(peer =>
        {
            asked.Set();
            peer.ExpectEnd(); // says nothing
        });
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var probe = Probes("hosts: [127.0.0.1]", _ => []).AskAsync($"tcp://127.0.0.1:{server.Port}", "look", null, gone.Token);
        Assert.True(asked.Wait(Eventually.Deadline, TestContext.Current.CancellationToken));

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
        Assert.Empty(_recent.All());
    }

    [Fact]
    public async Task AskAsync_NoSlotLeft_IsBusy()
    {
        var answer = await AskAsync("hosts: [127.0.0.1]", "tcp://127.0.0.1:1", "look", most: 0);

        Assert.True(answer.IsBusy);
        Assert.Empty(_recent.All());
    }

    [Fact]
    public async Task AskAsync_ConfigIsReloaded_AsksTheOneInForce()
    {
        var config = Config("");
        var probes = Probes(() => config, _ => [], most: 1);
        Assert.Contains("is empty", (await probes.AskAsync("tcp://127.0.0.1:1", "look", null, TestContext.Current.CancellationToken)).Refusal, StringComparison.Ordinal);

        config = Config("hosts: [127.0.0.1]");

        Assert.Equal(FailureReason.Refused, (await probes.AskAsync("tcp://127.0.0.1:1", "look", null, TestContext.Current.CancellationToken)).Report?.Reason);
    }

    private Task<ProbeAnswer> AskAsync(string rule, string target, string module, double? scrape = null, int most = 1) => Probes(() => Config(rule), Lookup, most)
        .AskAsync(target, module, scrape, TestContext.Current.CancellationToken);

    private IPAddress[] Lookup(string name)
    {
        _lookups++;
        return [IPAddress.Loopback];
    }

    private OnDemandProbes Probes(string rule, Func<string, IPAddress[]> lookup) => Probes(() => Config(rule), lookup, most: 1);

    private OnDemandProbes Probes(Func<ExporterConfig> config, Func<string, IPAddress[]> lookup, int most) => new(
        config,
        new ProberFactory(new ZmtpClient(new ZmtpContext(_timers, new NameResolver(lookup))), TimeProvider.System),
        new ProbeSlots(most, () => 1000),
        _recent,
        new FakeTimeProvider());

    private static ExporterConfig Config(string rule) => Parsed.Config($"{Modules}probe_endpoint: {{allow: [{(rule.Length == 0 ? "" : $"{{{rule}}}")}]}}\n");
}
