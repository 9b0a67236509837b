using Zmtp;

namespace ZmqExporter.Targets.History;

/// <summary>
/// What the probe that runs has sent and received last, so that a failure can be looked at later. It allocates nothing for messages of usual
/// size: only a failure makes an excerpt of them. A field that is not read-only; its calls may come from several threads, and may at worst
/// mix the messages of two moments.
/// </summary>
internal struct LastMessages
{
    private const int Large = 1 << 10; // bytes; a longer one is not held until the probe ends

    private volatile ZmtpMessage? _sent;
    private volatile ZmtpMessage? _received;
    private volatile MessageExcerpt? _large;

    /// <summary>A message was sent.</summary>
    public void OnSent(ZmtpMessage message) => _sent = message;

    /// <summary>A message came.</summary>
    public void OnReceived(ZmtpMessage message)
    {
        var isLarge = message.Length > Large;
        _large = isLarge ? MessageExcerpt.Of(message, MessageExcerpt.MostReceived) : null;
        _received = isLarge ? null : message;
    }

    /// <summary>The beginning of what was sent last; null for nothing.</summary>
    public readonly MessageExcerpt? Sent() => _sent is { } sent ? MessageExcerpt.Of(sent, MessageExcerpt.MostSent) : null;

    /// <summary>The beginning of what came last; null for nothing.</summary>
    public readonly MessageExcerpt? Received() => _received is { } received ? MessageExcerpt.Of(received, MessageExcerpt.MostReceived) : _large;

    /// <summary>Forgets them: the next probe begins.</summary>
    public void Clear()
    {
        _sent = null;
        _received = null;
        _large = null;
    }
}
