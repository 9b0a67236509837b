namespace ZmqExporter.EndToEndTests;

/// <summary>Every transport, against real libzmq.</summary>
public sealed class TransportTests
{
    [Fact]
    public async Task Probe_IPv6_IsAnswered()
    {
        await using var peer = await PythonPeer.StartAsync("rep_server.py", "--bind", "tcp://[::1]:*");

        await AssertAnsweredAsync(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"tcp://[::1]:{peer.Port}"));
    }

    [Fact]
    public async Task Probe_NameOfWhichOneAddressListens_IsAnswered()
    {
        await using var peer = await PythonPeer.StartRepAsync();

        await AssertAnsweredAsync(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"tcp://localhost:{peer.Port}"));
    }

    [Fact]
    public async Task Probe_UnixSocket_IsAnswered()
    {
        using var directory = new TempDirectory();
        var endpoint = $"ipc://{directory.Path}/server.sock";
        await using var peer = await PythonPeer.StartAsync("rep_server.py", "--bind", endpoint);

        await AssertAnsweredAsync(endpoint);
    }

    [Fact]
    public async Task Probe_AbstractUnixSocket_IsAnswered()
    {
        var endpoint = $"ipc://@zmq-exporter-tests-{Guid.NewGuid():N}";
        await using var peer = await PythonPeer.StartAsync("rep_server.py", "--bind", endpoint);

        await AssertAnsweredAsync(endpoint);
    }

    [Fact]
    public async Task Probe_NoSuchUnixSocket_SaysSo()
    {
        var result = await ExporterProcess.RunAsync("probe", "ipc:///nowhere/server.sock");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("nothing listens on /nowhere/server.sock: there is no such socket", result.Output, StringComparison.Ordinal);
    }

    private static async Task AssertAnsweredAsync(string endpoint)
    {
        var request = await ExporterProcess.RunAsync("probe", endpoint, "--send", "ping", "--expect", "pong");
        Assert.True(request.ExitCode == 0, request.Output + request.Error);
        Assert.Contains("peer is REP, replied in", request.Output, StringComparison.Ordinal);
        var handshake = await ExporterProcess.RunAsync("probe", endpoint);
        Assert.True(handshake.ExitCode == 0, handshake.Output + handshake.Error);
    }
}
