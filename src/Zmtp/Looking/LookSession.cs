using Zmtp.Security;
using Zmtp.Sessions;

namespace Zmtp.Looking;

/// <summary>
/// A conversation that ends before it takes part in anything: the session of a PULL that only looks sends its greeting, never its READY, and
/// reads the peer's. No peer counts it in, and none gives it work. Not thread-safe.
/// </summary>
internal sealed class LookSession : ISessionOutput, IFrameReceiver
{
    private const int MaxCommand = 8 * 1024;

    private static readonly ZmtpOptions Options = new() { SocketType = SocketType.Pull, PeekOnly = true, Security = ZmtpSecurity.Null, MaxCommandSize = MaxCommand };

    private readonly ZmtpSession _session;
    private readonly List<byte> _toSend = [];

    public LookSession() => _session = new ZmtpSession(Options, this, this);

    /// <inheritdoc cref="ZmtpSession.PeerGreeting" />
    public PeerGreeting? Greeting { get; private set; }

    /// <summary>What the peer said of itself; null before its READY.</summary>
    public PeerInfo? Peer => _session.Peer;

    /// <inheritdoc />
    int? IFrameReceiver.MaxLength => 0;

    /// <summary>Sends the first part of the greeting.</summary>
    public void Start() => _session.Start();

    /// <summary>Sends the rest of the greeting: some peers wait for all of it.</summary>
    public void Prompt()
    {
        if (!_session.IsGreetingComplete)
        {
            _session.Prompt();
        }
    }

    /// <summary>Takes what came.</summary>
    /// <returns>Why there is no more to see, or null. Of a peer that has sent its READY there is none either, whatever it says.</returns>
    public ZmtpError? Receive(ReadOnlySpan<byte> bytes)
    {
        var error = _session.Receive(bytes);
        Greeting ??= _session.PeerGreeting;
        return error;
    }

    /// <summary>What is to be sent since the last call.</summary>
    public byte[] TakeOutput()
    {
        byte[] output = [.. _toSend];
        _toSend.Clear();
        return output;
    }

    /// <inheritdoc cref="ZmtpSession.EndOfStream" />
    public ZmtpError EndOfStream() => _session.EndOfStream();

    /// <inheritdoc cref="ZmtpSession.HandshakeTimedOut" />
    public ZmtpError TimedOut() => _session.HandshakeTimedOut();

    /// <summary>Gives pooled memory back.</summary>
    public void End() => _session.Release();

    /// <inheritdoc />
    void Wire.IByteOutput.Send(ReadOnlySpan<byte> bytes) => _toSend.AddRange(bytes);

    /// <inheritdoc />
    void ISessionOutput.OnOpened(PeerInfo peer)
    {
        // It is asked for.
    }

    /// <inheritdoc />
    void ISessionOutput.OnPong(ReadOnlySpan<byte> context)
    {
        // Nothing was asked.
    }

    /// <inheritdoc />
    void IFrameReceiver.Release()
    {
        // The session calls it, and it holds nothing.
    }

    /// <inheritdoc />
    int IFrameReceiver.KeptLength(int number) => 0;

    /// <inheritdoc />
    ZmtpError? IFrameReceiver.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast) => null;
}
