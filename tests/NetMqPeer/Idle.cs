namespace NetMqPeer;

/// <summary>A server that does nothing beyond what NetMQ does by itself.</summary>
internal sealed class Idle(string kind, PeerOptions options) : Server(Sockets.Open(kind), options)
{
    /// <inheritdoc />
    protected override bool Obey(string command) => false;

    /// <inheritdoc />
    protected override void TakeTurn() => Wait(Turn);
}
