using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace ZmqExporter.Scanning;

/// <summary>The tables of sockets of proc(5): <c>/proc/net/tcp</c>, <c>tcp6</c> and <c>unix</c>. What cannot be understood is passed over.</summary>
internal static class ProcNet
{
    private const string Listen = "0A"; // TCP_LISTEN
    private const int TcpInode = 9;
    private const int UnixFields = 7; // before the path, which may have spaces
    private const int AcceptsConnections = 0x10000; // __SO_ACCEPTCON
    private const int Stream = 1; // SOCK_STREAM

    /// <summary>The addresses that listen, each with the number of its socket.</summary>
    public static ImmutableArray<ListeningTcp> Tcp(string table)
    {
        var found = ImmutableArray.CreateBuilder<ListeningTcp>();
        foreach (var line in table.Split('\n').Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > TcpInode && fields[3] == Listen && Address(fields[1]) is { } address
                && ulong.TryParse(fields[TcpInode], NumberStyles.None, CultureInfo.InvariantCulture, out var inode))
            {
                found.Add(new ListeningTcp(address, inode));
            }
        }

        return found.ToImmutable();
    }

    /// <summary>The stream sockets that listen, each with its number: a path, or a name behind an @.</summary>
    public static ImmutableArray<ListeningUnix> Unix(string table)
    {
        var found = ImmutableArray.CreateBuilder<ListeningUnix>();
        foreach (var line in table.Split('\n').Skip(1))
        {
            var fields = line.Split(' ', UnixFields + 1, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == UnixFields + 1
                && int.TryParse(fields[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var flags) && (flags & AcceptsConnections) != 0
                && int.TryParse(fields[4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var type) && type == Stream
                && ulong.TryParse(fields[6], NumberStyles.None, CultureInfo.InvariantCulture, out var inode))
            {
                found.Add(new ListeningUnix(fields[UnixFields], inode));
            }
        }

        return found.ToImmutable();
    }

    // The address is written in words of 32 bits, each in the order of the machine.
    private static IPEndPoint? Address(string field)
    {
        var parts = field.Split(':');
        if (parts.Length != 2 || parts[0].Length is not (8 or 32) || !ushort.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        var bytes = new byte[parts[0].Length / 2];
        for (var i = 0; i < bytes.Length; i += sizeof(uint))
        {
            if (!uint.TryParse(parts[0].AsSpan(i * 2, sizeof(uint) * 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var word))
            {
                return null;
            }

            BitConverter.TryWriteBytes(bytes.AsSpan(i), word);
        }

        var address = new IPAddress(bytes);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
    }
}
