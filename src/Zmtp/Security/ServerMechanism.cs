using Zmtp.Wire;

namespace Zmtp.Security;

/// <summary>
/// The server's side of a security handshake as a state machine without I/O, the counterpart of <see cref="ClientMechanism"/>: it is fed the
/// peer's commands and says what to send. One instance serves one connection. Not thread-safe.
/// </summary>
internal abstract class ServerMechanism : IDisposable
{
    /// <summary>True once our READY is out: from here on, messages may flow.</summary>
    public bool IsReady { get; protected set; }

    /// <summary>Who the peer has proved to be; null before that, and for NULL.</summary>
    public ListenerIdentity? Identity { get; protected set; }

    /// <summary>Takes a command of the peer's until <see cref="IsReady"/>.</summary>
    /// <returns>What the peer did wrong, or null.</returns>
    public abstract ZmtpError? OnCommand(Command command, IServerOutput output);

    /// <summary>What carries the traffic once <see cref="IsReady"/>, which then belongs to the caller.</summary>
    public virtual ITraffic TakeTraffic() => ClearTraffic.Instance;

    /// <summary>Wipes what is secret. The mechanism must not be used afterwards.</summary>
    public virtual void Dispose()
    {
    }

    /// <summary>The answer to a command that has no place at this point.</summary>
    protected static ZmtpError Unexpected(Command command, string expected) => new(
        ZmtpErrorCode.Protocol,
        $"the peer sent the command {Excerpt.Of(command.Name)} where {expected} belongs");
}

/// <summary>What a server's mechanism asks of its connection.</summary>
internal interface IServerOutput
{
    /// <summary>Sends a command.</summary>
    void SendCommand(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data);

    /// <summary>Judges the peer's properties, still encoded: what we are depends on what the peer is.</summary>
    /// <param name="peer">Those of its READY or INITIATE.</param>
    /// <param name="ours">Ours, encoded; empty after an error.</param>
    /// <returns>Why we do not talk to such a peer, or null.</returns>
    ZmtpError? ExchangeMetadata(ReadOnlySpan<byte> peer, out byte[] ours);
}
