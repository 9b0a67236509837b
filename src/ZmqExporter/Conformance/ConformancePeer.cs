using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Conformance;

/// <summary>One connection to the server that is tried. One caller at a time.</summary>
internal sealed class ConformancePeer : IDisposable
{
    private readonly IMessageLink _link;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    /// <param name="client">Makes the connection.</param>
    /// <param name="endpoint">Where to.</param>
    /// <param name="socket">REQ or DEALER.</param>
    /// <param name="timeout">How long a handshake or a reply may take.</param>
    /// <param name="time">The clock.</param>
    public ConformancePeer(IMessageClient client, ZmtpEndpoint endpoint, SocketType socket, TimeSpan timeout, TimeProvider time)
    {
        (_timeout, _time) = (timeout, time);
        _link = client.CreateLink(new LinkOptions { Name = "conformance", Endpoint = endpoint, SocketType = socket, AttemptTimeout = timeout }, new Unobserved());
    }

    /// <summary>The type of the server's socket; empty when it did not say.</summary>
    public string SocketType => _link.Peer?.SocketType ?? "";

    /// <summary>Connects.</summary>
    /// <returns>Why there is no connection, or null.</returns>
    public async Task<string?> OpenAsync()
    {
        var outcome = await _link.OpenAsync(Timestamp.Now(_time) + _timeout);
        return outcome.Kind == LinkOutcomeKind.Opened ? null : outcome.Error?.Message ?? "no connection";
    }

    /// <summary>Sends a message.</summary>
    public void Send(ZmtpMessage message) => _link.Send(message);

    /// <summary>Waits for a message.</summary>
    /// <returns>It, or why there is none.</returns>
    public async Task<(ZmtpMessage? Message, string? Problem)> ReceiveAsync()
    {
        var outcome = await _link.ReceiveAsync(Timestamp.Now(_time) + _timeout);
        return outcome.Kind switch
        {
            LinkOutcomeKind.Message => (outcome.Message, null),
            LinkOutcomeKind.TimedOut => (null, FormattableString.Invariant($"no reply within {_timeout.TotalSeconds:0.###} s")),
            _ => (null, $"no reply: {outcome.Error?.Message ?? "the connection was lost"}"),
        };
    }

    /// <inheritdoc />
    public void Dispose() => _link.Dispose();

    private sealed class Unobserved : ILinkObserver
    {
        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
        }

        public void OnUnawaitedMessage(ZmtpMessage message)
        {
        }
    }
}
