using Zmtp.Wire;

namespace Zmtp.Security;

/// <summary>The NULL mechanism (RFC 37, "The NULL security mechanism"): both sides send READY and are done.</summary>
internal sealed class NullClient : ClientMechanism
{
    public const string MechanismName = "NULL";

    /// <inheritdoc />
    public override void Start(ReadOnlySpan<byte> metadata, ISecurityOutput output) =>
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
