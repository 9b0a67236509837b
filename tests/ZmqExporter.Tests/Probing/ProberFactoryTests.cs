using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Probing;

public sealed class ProberFactoryTests : IMessageClient
{
    private readonly List<LinkOptions> _links = [];

    // What follows a probe that somebody asked for writes to him, and may take as long as it likes.
    [Fact]
    public void Create_QuickModule_OnlyTheSchedulersProbesEndOnTheThreadThatWatchesAllSockets()
    {
        var target = ProbeCases.Target(new RequestProberConfig(Zmtp.SocketType.Req, Persistent: true, [ProbeCases.Step("ping")]));
        var factory = new ProberFactory(this, new FakeTimeProvider());

        factory.CreateScheduled(target, new NoObserver());
        factory.Create(target, new NoObserver());
        factory.Create(target, new NoObserver(), static _ => true);
        factory.CreateBare(target, new NoObserver());

        Assert.Equal([true, false, false, false], _links.Select(options => options.IsJudgedQuickly));
    }

    IMessageLink IMessageClient.CreateLink(LinkOptions options, ILinkObserver observer)
    {
        _links.Add(options);
        return new FakeLink(new FakeTimeProvider());
    }

    ISubscriptionLink IMessageClient.CreateSubscription(LinkOptions options, ISubscriptionObserver observer) => throw new NotSupportedException();
}
