using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// <c>prober: handshake</c>: makes a new connection as a client would, and asks the peer's I/O thread for a PONG. Says whether a
/// server is reachable and nothing about the application behind it.
/// </summary>
internal sealed class HandshakeProber : IProber, ILinkObserver
{
    private readonly IProbeObserver _observer;
    private readonly TimeProvider _time;
    private readonly IMessageLink _link;
    private readonly ModuleConfig _module;

    public HandshakeProber(TargetConfig target, IMessageClient client, TimeProvider time, IProbeObserver observer)
    {
        _observer = observer;
        _time = time;
        _module = target.Module;
        _link = client.CreateLink(target, ((HandshakeProberConfig)target.Module.Prober).Socket, reconnects: false, this);
    }

    /// <inheritdoc />
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        using var stop = stopping.UnsafeRegister(static link => ((IMessageLink)link!).Dispose(), _link);
        var exchange = new RequestExchange(_link, _module.Timeout, _module.Policy.LateAfter, _time);
        var opened = await _link.OpenAsync(exchange.Deadline);
        var result = opened.Kind == LinkOutcomeKind.Opened ? await exchange.PingAsync() : exchange.Failed(opened);
        _link.EndProbe(AfterProbe.Close);
        return result with { Responsive = null, Ready = null };
    }

    /// <inheritdoc />
    public void Dispose() => _link.Dispose();

    /// <inheritdoc />
    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent) => _observer.OnConnectionEvent(connectionEvent);

    /// <inheritdoc />
    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
        // Nothing was asked, so nothing can be stale.
    }
}
