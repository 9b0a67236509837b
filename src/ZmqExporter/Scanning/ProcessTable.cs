using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ZmqExporter.Scanning;

/// <summary>Which process has which socket open, as far as this user may see it. Immutable.</summary>
internal sealed class ProcessTable
{
    private const int MaxCommandLine = 8 * 1024;
    private const string SocketPrefix = "socket:[";

    private readonly Dictionary<ulong, ImmutableArray<ListenerProcess>> _owners = [];

    private ProcessTable()
    {
    }

    /// <summary>How many processes could not be looked into.</summary>
    public int Hidden { get; private set; }

    /// <summary>Reads it.</summary>
    /// <param name="proc">Where proc(5) is.</param>
    /// <param name="sockets">The sockets that matter.</param>
    public static ProcessTable Read(string proc, IReadOnlySet<ulong> sockets)
    {
        var table = new ProcessTable();
        foreach (var directory in Directory.EnumerateDirectories(proc))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                table.Add(directory, id, sockets);
            }
        }

        return table;
    }

    /// <summary>Who has a socket open; several after a fork.</summary>
    public ImmutableArray<ListenerProcess> Owners(ulong inode) => _owners.GetValueOrDefault(inode, []);

    private void Add(string directory, int id, IReadOnlySet<ulong> sockets)
    {
        ListenerProcess? process = null;
        try
        {
            foreach (var descriptor in Directory.EnumerateFileSystemEntries(Path.Combine(directory, "fd")))
            {
                if (Inode(new FileInfo(descriptor).LinkTarget) is { } inode && sockets.Contains(inode))
                {
                    process ??= Describe(directory, id);
                    _owners[inode] = [.. Owners(inode).Remove(process), process];
                }
            }
        }
        catch (UnauthorizedAccessException)
        {
            Hidden++;
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    private static ulong? Inode(string? target)
    {
        var name = target is null ? "" : target[(target.LastIndexOf('/') + 1)..]; // .NET may put the directory before it
        return name.StartsWith(SocketPrefix, StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(SocketPrefix.Length, name.Length - SocketPrefix.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
            ? inode
            : null;
    }

    private static ListenerProcess Describe(string directory, int id) => new(
        id,
        Text(Path.Combine(directory, "comm")).TrimEnd('\n'),
        [.. Text(Path.Combine(directory, "cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries)]);

    private static string Text(string path)
    {
        var buffer = new byte[MaxCommandLine];
        using var file = File.OpenRead(path);
        return Encoding.UTF8.GetString(buffer, 0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
    }
}
