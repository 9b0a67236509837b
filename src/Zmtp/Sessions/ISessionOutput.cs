using Zmtp.Wire;

namespace Zmtp.Sessions;

/// <summary>What a <see cref="ZmtpSession"/> asks of its connection, besides what it does with the frames (<see cref="IFrameReceiver"/>).</summary>
internal interface ISessionOutput : IByteOutput
{
    /// <summary>Both greetings are complete, and our READY waits for a moment: <see cref="ZmtpSession.Prompt"/> sends it.</summary>
    void OnReadyHeld()
    {
    }

    /// <summary>The handshake is done: messages may flow.</summary>
    void OnOpened(PeerInfo peer);

    /// <summary>A PONG has come, asked for or not.</summary>
    /// <param name="context">Its context; only valid during the call.</param>
    void OnPong(ReadOnlySpan<byte> context);
}
