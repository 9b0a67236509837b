using Zmtp.Wire;

namespace Zmtp.Security;

/// <summary>The PLAIN mechanism (RFC 24): HELLO → WELCOME → INITIATE → READY.</summary>
internal sealed class PlainClient(byte[] username, byte[] password) : ClientMechanism
{
    public const string MechanismName = "PLAIN";

    private volatile bool _welcomed;

    /// <inheritdoc />
    public override string? Refusal =>
        _welcomed ? null : "our HELLO: probably the server's ZAP handler does not allow the user name or password, or failed for the moment (ZAP 300)";

    /// <inheritdoc />
    public override void Start(ReadOnlySpan<byte> metadata, ISecurityOutput output)
    {
        Span<byte> hello = stackalloc byte[2 + (2 * byte.MaxValue)];
        hello[0] = (byte)username.Length;
        username.CopyTo(hello[1..]);
        hello[1 + username.Length] = (byte)password.Length;
        password.CopyTo(hello[(2 + username.Length)..]);
        output.SendCommand(CommandNames.Hello, hello[..(2 + username.Length + password.Length)]);
    }

    /// <inheritdoc />
    public override ZmtpError? OnCommand(Command command, ReadOnlySpan<byte> metadata, ISecurityOutput output)
    {
        if (!_welcomed)
        {
            if (!command.Is(CommandNames.Welcome))
            {
                return Unexpected(command, "WELCOME");
            }

            _welcomed = true;
            output.SendCommand(CommandNames.Initiate, metadata);
            return null;
        }

        if (!command.Is(CommandNames.Ready))
        {
            return Unexpected(command, "READY");
        }

        output.TakePeerMetadata(command.Data);
        IsReady = true;
        return null;
    }
}
