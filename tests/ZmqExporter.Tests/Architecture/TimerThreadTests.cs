namespace ZmqExporter.Tests.Architecture;

/// <summary>
/// One thread serves all timers. What an entry does when it is due must neither wait nor make system calls that can take their time: the
/// close of a socket once kept that thread for 40 s. Calls are followed through our own code, up to where work is handed to the thread pool.
/// </summary>
public sealed class TimerThreadTests
{
    private static readonly string[] Suspicious =
    [
        "System.Net.Sockets.Socket", "System.Net.Dns", "System.IO.File", "System.IO.Directory", "System.IO.Stream", "System.Console", "System.Diagnostics.Process",
        "System.Threading.Thread", "System.Threading.Monitor", "System.Threading.ManualResetEventSlim", "System.Threading.SemaphoreSlim",
        "System.Threading.WaitHandle", "NetMQ.", "AsyncIO.",
    ];

    private static readonly string[] Harmless = ["System.Threading.ThreadPool", "System.Net.Sockets.SocketException"];

    private static readonly CallGraph Graph = new(typeof(ExporterApplication).Assembly, typeof(TimerQueue).Assembly);

    [Fact]
    public void OnDue_OfEveryEntry_NeitherWaitsNorTouchesASocket()
    {
        var entries = Graph.Types.SelectMany(type => type.Methods).Where(method => method is { Name: "OnDue", IsVirtual: true, HasBody: true }).ToArray();
        var violations = entries.SelectMany(entry => Graph.Paths(entry, IsForbidden)).Distinct(StringComparer.Ordinal).ToArray();

        Assert.True(entries.Length >= 9, $"only {entries.Length} timer entries were found");
        Assert.True(violations.Length == 0, string.Join('\n', violations));
    }

    // The rule above is only worth something if it sees what is wrong.
    [Theory]
    [InlineData("Zmtp.Connections.ZmtpConnection", "Abort", "Socket.Close")]
    [InlineData("Zmtp.Connections.PersistentConnection", "DropBeside", "Socket.Shutdown")]
    [InlineData("ZmqExporter.Messaging.Zmtp.ZmtpLink", "RenewNow", "Socket.Dispose")]
    [InlineData("ZmqExporter.Messaging.Zmtp.ZmtpLink", "EndProbe", "Socket.Close")] // by way of a virtual method and a delegate's body that runs at once
    public void Paths_MethodThatClosesASocket_AreFound(string type, string method, string what) =>
        Assert.Contains(
            Graph.Paths(Graph.Types.Single(one => one.FullName == type).Methods.Single(one => one.Name == method), IsForbidden),
            path => path.EndsWith(what, StringComparison.Ordinal));

    private static bool IsForbidden(string type, string method) =>
        Suspicious.Any(part => type.StartsWith(part, StringComparison.Ordinal))
        && !Harmless.Any(part => type.StartsWith(part, StringComparison.Ordinal))
        && method is not (".ctor" or "get_SocketError" or "Exit");
}
