namespace Zmtp.Wire;

/// <summary>The command names of RFC 37 and RFC 24 that a client sends or understands.</summary>
internal static class CommandNames
{
    public static ReadOnlySpan<byte> Ready => "READY"u8;

    public static ReadOnlySpan<byte> Error => "ERROR"u8;

    public static ReadOnlySpan<byte> Ping => "PING"u8;

    public static ReadOnlySpan<byte> Pong => "PONG"u8;

    public static ReadOnlySpan<byte> Subscribe => "SUBSCRIBE"u8;

    public static ReadOnlySpan<byte> Cancel => "CANCEL"u8;

    public static ReadOnlySpan<byte> Hello => "HELLO"u8;

    public static ReadOnlySpan<byte> Welcome => "WELCOME"u8;

    public static ReadOnlySpan<byte> Initiate => "INITIATE"u8;
}
