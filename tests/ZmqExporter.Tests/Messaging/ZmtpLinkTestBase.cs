using System.Text;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.Zmtp;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

/// <summary>What tests of a link have besides: its budget of late replies, and what its observer heard.</summary>
public abstract class ZmtpLinkTestBase : ConnectionTestBase, ILinkObserver
{
    private protected readonly LateReplyBudget _budget = new(ZmtpClient.MostLateReplies);
    private readonly List<string> _unawaited = [];
    private readonly List<ConnectionEvent> _events = [];

    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        lock (_events)
        {
            _events.Add(connectionEvent);
        }
    }

    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
        lock (_unawaited)
        {
            _unawaited.Add(Text(message));
        }
    }

    private protected static string Text(ZmtpMessage message) => Encoding.UTF8.GetString(message[message.FrameCount - 1]);

    private protected int BudgetInUse()
    {
        var left = 0;
        while (_budget.TryTake())
        {
            left++;
        }

        for (var i = 0; i < left; i++)
        {
            _budget.Return();
        }

        return 1024 - left;
    }

    private protected ScriptedServer Echo() => Serve(peer =>
    {
        peer.Handshake("REP");
        while (true)
        {
            peer.SendMessage(peer.ExpectMessage());
        }
    });

    private protected List<string> Unawaited()
    {
        lock (_unawaited)
        {
            return [.. _unawaited];
        }
    }

    private protected List<ConnectionEvent> Events()
    {
        lock (_events)
        {
            return [.. _events];
        }
    }

    private protected ZmtpLink Link(ScriptedServer server, TimeSpan maxConnectionAge = default, SocketType socketType = SocketType.Req, string routingId = "") =>
        Link(server.Endpoint, maxConnectionAge, new NameResolver(), socketType, routingId);

    private protected ZmtpLink Link(ZmtpEndpoint endpoint, TimeSpan maxConnectionAge, NameResolver resolver, SocketType socketType = SocketType.Req, string routingId = "")
    {
        var attempt = TimeSpan.FromSeconds(2);
        var options = new LinkOptions
        {
            Name = "test",
            Endpoint = endpoint,
            SocketType = socketType,
            Reconnect = new ReconnectOptions { AttemptTimeout = attempt },
            AttemptTimeout = attempt,
            MaxConnectionAge = maxConnectionAge,
            RoutingId = [.. Encoding.UTF8.GetBytes(routingId)],
        };
        return Keep(new ZmtpLink(options, new ZmtpContext(_timers, resolver), _budget, this));
    }
}
