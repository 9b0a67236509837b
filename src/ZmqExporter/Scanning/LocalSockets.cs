using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Zmtp.Endpoints;

namespace ZmqExporter.Scanning;

/// <summary>The sockets that listen on this host, in this process' network namespace.</summary>
/// <param name="proc">Where proc(5) is.</param>
internal sealed class LocalSockets(string proc)
{
    private const string StartsAService = "systemd listens here for a service and would start it; name the address to look all the same";
    private readonly SortedDictionary<int, List<ListeningTcp>> _ports = [];

    /// <summary>How many processes could not be looked into, after <see cref="Read"/>.</summary>
    public int HiddenProcesses { get; private set; }

    /// <summary>How many sockets have no address that can be connected to, after <see cref="Read"/>.</summary>
    public int Unnamed { get; private set; }

    /// <summary>Reads them: TCP by port, then Unix sockets by path. Those of exporters are left out.</summary>
    /// <param name="processes">Only sockets that one of these processes has open; empty for all.</param>
    /// <exception cref="IOException">There is no proc(5).</exception>
    public ImmutableArray<Candidate> Read(IReadOnlyCollection<int> processes)
    {
        AddTcp("tcp", isRequired: true);
        AddTcp("tcp6", isRequired: false);
        var unix = ProcNet.Unix(File.ReadAllText(Path.Combine(proc, "net", "unix")));
        var table = ProcessTable.Read(proc, _ports.Values.SelectMany(list => list.Select(entry => entry.Inode)).Concat(unix.Select(entry => entry.Inode)).ToHashSet());
        HiddenProcesses = table.Hidden;
        var tcp = _ports.SelectMany(port => Tcp(port.Key, port.Value, table));
        var all = tcp.Concat(unix.OrderBy(entry => entry.Path, StringComparer.Ordinal).Select(entry => Unix(entry.Path, entry.Inode, table))).ToList();
        Unnamed = all.Count(candidate => candidate is null);
        return
        [
            .. all.OfType<Candidate>()
                .DistinctBy(candidate => candidate.Endpoint)
                .Where(candidate => !candidate.Owners.Any(owner => owner.IsExporter || owner.Id == Environment.ProcessId))
                .Where(candidate => processes.Count == 0 || candidate.Owners.Any(owner => processes.Contains(owner.Id))),
        ];
    }

    private void AddTcp(string name, bool isRequired)
    {
        var path = Path.Combine(proc, "net", name);
        if (!isRequired && !File.Exists(path))
        {
            return; // a kernel without IPv6
        }

        foreach (var socket in ProcNet.Tcp(File.ReadAllText(path)))
        {
            if (!_ports.TryGetValue(socket.Address.Port, out var list))
            {
                _ports.Add(socket.Address.Port, list = []);
            }

            list.Add(socket);
        }
    }

    // A server on all addresses is one server: it is looked at through the loopback, and by IPv4 if it has both.
    private static IEnumerable<Candidate?> Tcp(int port, List<ListeningTcp> sockets, ProcessTable table)
    {
        var hasAny = sockets.Exists(socket => socket.Address.Address.Equals(IPAddress.Any));
        foreach (var group in sockets.Where(socket => !(hasAny && socket.Address.Address.Equals(IPAddress.IPv6Any))).GroupBy(socket => Reachable(socket.Address.Address)))
        {
            var host = group.Key.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{group.Key}]" : group.Key.ToString();
            yield return Make(string.Create(CultureInfo.InvariantCulture, $"tcp://{host}:{port}"), [.. group.SelectMany(socket => table.Owners(socket.Inode)).Distinct()]);
        }
    }

    private static IPAddress Reachable(IPAddress address) =>
        address.Equals(IPAddress.Any) ? IPAddress.Loopback : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;

    // A relative path is one of its process' directory.
    private Candidate? Unix(string path, ulong inode, ProcessTable table)
    {
        var owners = table.Owners(inode);
        if (path[0] is not ('/' or '@'))
        {
            var directory = owners.IsEmpty ? null : WorkingDirectory(owners[0].Id);
            path = directory is null ? path : Path.Combine(directory, path);
        }

        return Make($"ipc://{path}", owners);
    }

    private string? WorkingDirectory(int process)
    {
        try
        {
            return new FileInfo(Path.Combine(proc, process.ToString(CultureInfo.InvariantCulture), "cwd")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Candidate? Make(string endpoint, ImmutableArray<ListenerProcess> owners) =>
        !ZmtpEndpoint.TryParse(endpoint, out var parsed, out _) ? null
        : new Candidate(parsed, owners) { Skip = !owners.IsEmpty && owners.All(owner => owner.IsSystemd) ? StartsAService : null };
}
