namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>From a real server that is not well, but not down, to a ticket or to nothing.</summary>
[WaitsLong]
public sealed class LiveTicketTests
{
    private const string Page = "page";
    private const string Ticket = "ticket";

    [Fact]
    public async Task Ticket_ServerAnswersLate_AndNoPage()
    {
        await using var chain = await AlertChain.StartAsync(unhurried: true);

        await chain.Peer.CommandAsync("delay 600");
        await chain.Receiver.EventuallyAsync(Ticket, _ => true, AlertChain.Patience);

        var alert = Assert.Single(Assert.Single(chain.Receiver.Of(Ticket)).Alerts);
        Assert.Equal(("ZmqTargetDegraded", "warning", "server"), (alert.Labels["alertname"], alert.Labels["severity"], alert.Labels["target"]));
        Assert.Contains("after more than 400ms", alert.Annotations["description"], StringComparison.Ordinal);
        Assert.Empty(chain.Receiver.Of(Page));
    }

    [Fact]
    public async Task Nothing_OneReplyIsDropped_AndAnOutageAfterItStillPages()
    {
        await using var chain = await AlertChain.StartAsync();

        await chain.Peer.CommandAsync("once 1300"); // beyond the timeout, so that this reply is lost for its probe
        await chain.Prometheus.EventuallyAsync("zmq_probe_misses_total", samples => samples is [{ Value: >= 1 }], AlertChain.Patience);
        await chain.ProbesAsync(10);
        Assert.Empty(await chain.Prometheus.QueryAsync("""count_over_time(ALERTS{alertstate="firing",alertname!="ZmqWatchdog"}[10m])"""));
        Assert.Empty(chain.Receiver.Of(Page).Concat(chain.Receiver.Of(Ticket)));

        await chain.Peer.DisposeAsync();
        await chain.Receiver.EventuallyAsync(Page, _ => true, AlertChain.Patience);
        Assert.Empty(chain.Receiver.Of(Ticket));
    }
}
