using Zmtp.Wire;

namespace Zmtp.Security;

/// <summary>The server's side of NULL: the peer's READY, then ours.</summary>
internal sealed class NullServerMechanism : ServerMechanism
{
    /// <inheritdoc />
    public override ZmtpError? OnCommand(Command command, IServerOutput output)
    {
        if (!command.Is(CommandNames.Ready))
        {
            return Unexpected(command, "READY");
        }

        if (output.ExchangeMetadata(command.Data, out var ours) is { } error)
        {
            return error;
        }

        output.SendCommand(CommandNames.Ready, ours);
        IsReady = true;
        return null;
    }
}
