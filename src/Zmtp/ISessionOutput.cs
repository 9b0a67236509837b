namespace Zmtp;

/// <summary>What a <see cref="ZmtpSession"/> asks of its connection.</summary>
internal interface ISessionOutput
{
    /// <summary>Sends bytes as they are.</summary>
    void Send(ReadOnlySpan<byte> bytes);

    /// <summary>The handshake is done: messages may flow.</summary>
    void OnOpened(PeerInfo peer);

    /// <summary>A message has come.</summary>
    void OnMessage(ZmtpMessage message);

    /// <summary>A PONG has come.</summary>
    /// <param name="context">The context of the PING that it answers; only valid during the call.</param>
    void OnPong(ReadOnlySpan<byte> context);
}
