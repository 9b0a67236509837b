using System.Net;
using ZmqExporter.Scanning;

namespace ZmqExporter.Tests.Scanning;

public sealed class ProcNetTests
{
    private const string Tcp = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:15B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 47511096 1 000000008420f587 100 0 0 10 0
           1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 100 1 000000006b87fa81 100 0 0 10 0
           2: 0100007F:15B3 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 200 1 000000006b87fa81 100 0 0 10 0
           3: nonsense
        """;

    private const string Tcp6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000000000000000000000000000:15B3 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 300 1 0 100 0 0 10 0
           1: 00000000000000000000000001000000:15B4 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 301 1 0 100 0 0 10 0
           2: 0000000000000000FFFF00000100007F:15B5 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 302 1 0 100 0 0 10 0
        """;

    private const string Unix = """
        Num       RefCount Protocol Flags    Type St Inode Path
        00000000da2e08ab: 00000002 00000000 00010000 0001 01 400 /run/with a space.sock
        00000000f490a3c2: 00000003 00000000 00000000 0001 03 401 /run/connected.sock
        00000000f490a3c3: 00000003 00000000 00010000 0005 01 402 /run/seqpacket.sock
        000000008234c1ac: 00000002 00000000 00010000 0001 01 403 @abstract
        000000008234c1ad: 00000002 00000000 00010000 0001 01 404
        """;

    [Fact]
    public void Tcp_Table_GivesWhatListens() => Assert.Equal(
        [new ListeningTcp(IPEndPoint.Parse("127.0.0.1:5555"), 47511096), new ListeningTcp(IPEndPoint.Parse("0.0.0.0:22"), 100)],
        ProcNet.Tcp(Tcp));

    [Fact]
    public void Tcp_TableOfIpv6_GivesWhatListens() => Assert.Equal(
        [new ListeningTcp(IPEndPoint.Parse("[::]:5555"), 300), new ListeningTcp(IPEndPoint.Parse("[::1]:5556"), 301), new ListeningTcp(IPEndPoint.Parse("127.0.0.1:5557"), 302)],
        ProcNet.Tcp(Tcp6));

    [Fact]
    public void Unix_Table_GivesStreamsThatListenUnderAName() =>
        Assert.Equal([new ListeningUnix("/run/with a space.sock", 400), new ListeningUnix("@abstract", 403)], ProcNet.Unix(Unix));

    [Fact]
    public void Tcp_OwnListener_IsFoundWithItsProcess()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var (_, inode) = ProcNet.Tcp(File.ReadAllText("/proc/net/tcp")).Single(entry => entry.Address.Equals(listener.LocalEndpoint));
        var owner = Assert.Single(ProcessTable.Read("/proc", new HashSet<ulong> { inode }).Owners(inode));

        Assert.Equal(Environment.ProcessId, owner.Id);
    }

    [Fact]
    public void Read_Host_NamesEachServerOnceAndLeavesExportersOut()
    {
        using var proc = new FakeProc();
        proc.Write("net/tcp", Tcp);
        proc.Write("net/tcp6", Tcp6);
        proc.Write("net/unix", Unix);
        proc.AddProcess(7, "nginx", "nginx: master process", 100);
        proc.AddProcess(8, "zmq_exporter", "zmq_exporter\0--config.file=x", 301);
        proc.AddProcess(9, "zmq_exporter", "zmq_exporter\0demo", 302);
        proc.AddProcess(1, "systemd", "/sbin/init", 403);

        var found = new LocalSockets(proc.Path).Read([]);

        Assert.Equal(
            ["tcp://127.0.0.1:22", "tcp://127.0.0.1:5555", "tcp://[::1]:5555", "tcp://127.0.0.1:5557", "ipc:///run/with a space.sock", "ipc://@abstract"],
            found.Select(candidate => candidate.Endpoint.ToString()),
            StringComparer.Ordinal);
        Assert.Equal("nginx", Assert.Single(found[0].Owners).Name);
        Assert.Null(found[0].Skip);
        Assert.Contains("would start it", found[^1].Skip, StringComparison.Ordinal);
        Assert.Equal(["tcp://127.0.0.1:5557"], new LocalSockets(proc.Path).Read([9]).Select(candidate => candidate.Endpoint.ToString()), StringComparer.Ordinal);
    }
}
