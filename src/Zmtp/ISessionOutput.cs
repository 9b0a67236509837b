namespace Zmtp;

/// <summary>What a <see cref="ZmtpSession"/> asks of its connection.</summary>
internal interface ISessionOutput
{
    /// <summary>Sends bytes as they are.</summary>
    void Send(ReadOnlySpan<byte> bytes);

    /// <summary>Both greetings are complete, and our READY waits for a moment: <see cref="ZmtpSession.Prompt"/> sends it.</summary>
    void OnReadyHeld()
    {
    }

    /// <summary>The handshake is done: messages may flow.</summary>
    void OnOpened(PeerInfo peer);

    /// <summary>A message has come.</summary>
    void OnMessage(ZmtpMessage message);

    /// <summary>How much of a frame has to be at hand, see <see cref="IFrameHandler.KeptLength"/>.</summary>
    int KeptLength(int number) => 0;

    /// <summary>A frame has come, of a conversation with <see cref="ZmtpOptions.ByFrame"/>.</summary>
    void OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
    }

    /// <summary>A PONG has come, asked for or not.</summary>
    /// <param name="context">Its context; only valid during the call.</param>
    void OnPong(ReadOnlySpan<byte> context);
}
