namespace Zmtp.Security;

/// <summary>
/// The client's side of a security handshake as a state machine without I/O: it is fed the peer's commands and says what to send.
/// One instance serves one connection. Not thread-safe.
/// </summary>
internal abstract class ClientMechanism : IDisposable
{
    /// <summary>True once the peer's READY has come: from here on, messages may flow.</summary>
    public bool IsReady { get; protected set; }

    /// <summary>What to send right after the greeting.</summary>
    /// <param name="metadata">Our READY properties, encoded.</param>
    /// <param name="output">Takes whole frames.</param>
    public abstract void Start(ReadOnlySpan<byte> metadata, ISecurityOutput output);

    /// <summary>What to send when the peer, although we waited, has not sent anything since <see cref="Start"/>. At most one call.</summary>
    public virtual void Prompt(ReadOnlySpan<byte> metadata, ISecurityOutput output)
    {
    }

    /// <summary>Takes a command of the peer's until <see cref="IsReady"/>.</summary>
    /// <param name="command">Never an ERROR, which every mechanism shares.</param>
    /// <param name="metadata">Our READY properties, encoded.</param>
    /// <param name="output">Takes whole frames, and the peer's metadata.</param>
    /// <returns>What the peer did wrong, or null.</returns>
    public abstract ZmtpError? OnCommand(Wire.Command command, ReadOnlySpan<byte> metadata, ISecurityOutput output);

    /// <summary>
    /// What it means that the peer says no more at this point, if that speaks against our credentials: "our HELLO: …", to stand after
    /// "the peer … after". Null when it means nothing. May be asked from any thread.
    /// </summary>
    public virtual string? Refusal => null;

    /// <summary>What carries the traffic once <see cref="IsReady"/>, which then belongs to the caller.</summary>
    public virtual ITraffic TakeTraffic() => ClearTraffic.Instance;

    /// <summary>Wipes what is secret. The mechanism must not be used afterwards.</summary>
    public virtual void Dispose()
    {
    }

    /// <summary>The answer to a command that has no place at this point.</summary>
    protected static ZmtpError Unexpected(Wire.Command command, string expected) => new(
        ZmtpErrorCode.Protocol,
        $"the peer sent the command {Wire.Excerpt.Of(command.Name)} where {expected} belongs");
}

/// <summary>What a mechanism may do to its connection.</summary>
internal interface ISecurityOutput
{
    /// <summary>Sends a command.</summary>
    void SendCommand(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data);

    /// <summary>Hands over the peer's READY properties, still encoded.</summary>
    void TakePeerMetadata(ReadOnlySpan<byte> metadata);
}
