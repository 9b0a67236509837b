using System.Buffers.Binary;
using System.Text;

namespace ZmqExporter.Scanning;

/// <summary>Names a protocol by how a server begins to speak, or answers what it does not understand.</summary>
internal static class ProtocolGuess
{
    private static readonly (string Start, string Name)[] Starts =
    [
        ("HTTP/", "HTTP"),
        ("<!DOCTYPE", "HTTP"),
        ("<html", "HTTP"),
        ("SSH-", "SSH"),
        ("-ERR", "Redis"),
        ("-DENIED", "Redis"),
        ("-NOAUTH", "Redis"),
        ("+OK", "POP3"),
        ("* OK", "IMAP"),
        ("AMQP", "AMQP"),
        ("INFO {", "NATS"),
        ("RFB ", "VNC"),
        ("@RSYNCD:", "rsync"),
        ("REJECTED", "D-Bus"),
        ("ERROR \"", "D-Bus"),
        ("ERROR\r\n", "memcached"),
        ("BAD_FORMAT", "beanstalkd"),
        ("DOTNET_IPC", ".NET diagnostics"),
    ];

    /// <summary>The protocol's name, or null when the bytes tell none.</summary>
    public static string? Of(ReadOnlySpan<byte> heard)
    {
        var text = Encoding.Latin1.GetString(heard[..Math.Min(heard.Length, 200)]);
        foreach (var (start, name) in Starts)
        {
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            {
                return name;
            }
        }

        return text.StartsWith("220", StringComparison.Ordinal) ? text.Contains("SMTP", StringComparison.OrdinalIgnoreCase) ? "SMTP" : "FTP or SMTP"
            : heard is [0x15 or 0x16, 3, ..] ? "TLS"
            : heard is [_, _, 0, 0, 10, ..] or [_, _, 0, 0, 0xFF, ..] ? "MySQL"
            : heard is [(byte)'E', _, _, _, _, ..] && BinaryPrimitives.ReadInt32BigEndian(heard[1..]) is > 4 and < 10_000 ? "PostgreSQL"
            : null;
    }
}
