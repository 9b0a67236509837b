namespace Zmtp.Listening;

/// <summary>Takes what a <see cref="ServerSession"/> has for others.</summary>
internal interface IServerSink
{
    /// <summary>The handshake is done.</summary>
    /// <returns>Why there is no room for the peer, or null.</returns>
    ZmtpError? OnOpened();

    /// <summary>A message came.</summary>
    void OnMessage(ZmtpMessage message);

    /// <summary>A PONG came.</summary>
    /// <param name="context">What it brings back. Only valid during the call.</param>
    void OnPong(ReadOnlySpan<byte> context);
}
