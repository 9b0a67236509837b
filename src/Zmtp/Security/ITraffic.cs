using Zmtp.Wire;

namespace Zmtp.Security;

/// <summary>
/// How frames and commands travel: in clear, or each in a box. Sending is thread-safe; receiving is for one thread.
/// </summary>
internal interface ITraffic
{
    /// <summary>Whether a frame has to come as a whole before anything can be known of its content.</summary>
    bool IsBoxed { get; }

    /// <summary>How much work it is to open a frame, where looking at one is 1.</summary>
    int Work { get; }

    /// <summary>The longest body that a frame may have.</summary>
    /// <param name="isCommand">What the frame's header says.</param>
    /// <param name="sink">Knows how long contents may be.</param>
    int MaxBodyLength(bool isCommand, IContentSink sink);

    /// <summary>Opens a frame of the peer's and hands its content over.</summary>
    /// <returns>What is wrong with it, or what the sink says of it.</returns>
    ZmtpError? Open(bool isCommand, bool isMore, ReadOnlySpan<byte> body, IContentSink sink);

    /// <summary>Sends a message.</summary>
    /// <param name="output">Where to; must not wait for anybody who sends, because it may be called under a lock.</param>
    /// <param name="message">The frames.</param>
    /// <param name="delimited">Whether an empty frame goes first (a REQ's, RFC 28).</param>
    void Send(IByteOutput output, ZmtpMessage message, bool delimited);

    /// <summary>Sends a command.</summary>
    void SendCommand(IByteOutput output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data);

    /// <summary>Wipes what is secret. Nothing is sent or received afterwards.</summary>
    void Release();
}

/// <summary>Takes the contents of frames.</summary>
internal interface IContentSink
{
    /// <summary>The longest content that is acceptable now.</summary>
    int MaxContentLength(bool isCommand);

    /// <summary>Takes a content, which is only valid during the call.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    ZmtpError? OnContent(bool isCommand, bool isMore, ReadOnlySpan<byte> content);
}
