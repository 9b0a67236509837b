using System.Text;
using Zmtp.Wire;

namespace Zmtp.Security;

/// <summary>The server's side of PLAIN (RFC 24): HELLO → WELCOME → INITIATE → READY.</summary>
/// <param name="allows">Whether a user has this password.</param>
internal sealed class PlainServerMechanism(Func<ListenerIdentity.User, bool> allows) : ServerMechanism
{
    /// <inheritdoc />
    public override ZmtpError? OnCommand(Command command, IServerOutput output)
    {
        if (Identity is null)
        {
            return command.Is(CommandNames.Hello) ? OnHello(command.Data, output) : Unexpected(command, "HELLO");
        }

        if (!command.Is(CommandNames.Initiate))
        {
            return Unexpected(command, "INITIATE");
        }

        if (output.ExchangeMetadata(command.Data, out var ours) is { } error)
        {
            return error;
        }

        output.SendCommand(CommandNames.Ready, ours);
        IsReady = true;
        return null;
    }

    private ZmtpError? OnHello(ReadOnlySpan<byte> data, IServerOutput output)
    {
        if (!TryTake(ref data, out var username) || !TryTake(ref data, out var password) || !data.IsEmpty)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, "the peer's PLAIN HELLO is no user name and password");
        }

        // Bytes that are no UTF-8 become one character that no configured name has.
        var user = new ListenerIdentity.User(Encoding.UTF8.GetString(username), ListenerSecurity.HashOf(password));
        if (!allows(user))
        {
            return new ZmtpError(ZmtpErrorCode.Auth, $"the user name {Excerpt.Of(username)} or its password is not allowed");
        }

        Identity = user;
        output.SendCommand(CommandNames.Welcome, []);
        return null;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> data, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (data.IsEmpty || data.Length < 1 + data[0])
        {
            return false;
        }

        text = data.Slice(1, data[0]);
        data = data[(1 + text.Length)..];
        return true;
    }
}
