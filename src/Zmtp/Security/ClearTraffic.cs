using Zmtp.Wire;

namespace Zmtp.Security;

/// <summary>Traffic as it is: during a handshake, and after one that agreed on nothing else. Thread-safe: it keeps nothing.</summary>
internal sealed class ClearTraffic : ITraffic
{
    private ClearTraffic()
    {
    }

    /// <summary>The only one.</summary>
    public static ClearTraffic Instance { get; } = new();

    /// <inheritdoc />
    public bool IsBoxed => false;

    /// <inheritdoc />
    public int Work => 0;

    /// <inheritdoc />
    public int MaxBodyLength(bool isCommand, IContentSink sink) => sink.MaxContentLength(isCommand);

    /// <inheritdoc />
    public ZmtpError? Open(bool isCommand, bool isMore, ReadOnlySpan<byte> body, IContentSink sink) => sink.OnContent(isCommand, isMore, body);

    /// <inheritdoc />
    public void Send(IByteOutput output, ZmtpMessage message, bool delimited) => FrameWriter.Send(output, message, delimited);

    /// <inheritdoc />
    public void SendCommand(IByteOutput output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => FrameWriter.SendCommand(output, name, data);

    /// <inheritdoc />
    public void Release()
    {
    }
}
