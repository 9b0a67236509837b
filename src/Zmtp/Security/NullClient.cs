using Zmtp.Wire;

namespace Zmtp.Security;

/// <summary>
/// The NULL mechanism (RFC 37, "The NULL security mechanism"): both sides send READY and are done. We let the peer go first: a libzmq
/// server whose socket type does not fit ours may close on our READY before it has sent its own, and then nobody knows why.
/// </summary>
internal sealed class NullClient : ClientMechanism
{
    public const string MechanismName = "NULL";

    /// <inheritdoc />
    public override void Start(ReadOnlySpan<byte> metadata, ISecurityOutput output)
    {
    }

    /// <inheritdoc />
    public override void Prompt(ReadOnlySpan<byte> metadata, ISecurityOutput output) =>
        output.SendCommand(CommandNames.Ready, metadata);

    /// <inheritdoc />
    public override ZmtpError? OnCommand(Command command, ReadOnlySpan<byte> metadata, ISecurityOutput output)
    {
        if (!command.Is(CommandNames.Ready))
        {
            return Unexpected(command, "READY");
        }

        output.TakePeerMetadata(command.Data);
        IsReady = true;
        return null;
    }
}
