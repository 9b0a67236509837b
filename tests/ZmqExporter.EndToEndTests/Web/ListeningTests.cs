using System.Net;
using System.Net.Sockets;

namespace ZmqExporter.EndToEndTests.Web;

public sealed class ListeningTests : IDisposable
{
    private const string Listening = @"msg=""listening"" address=(\S+)$";

    private readonly TempDirectory _directory = new();

    private string Config => _directory.Write("zmq_exporter.yml", Configs.Nothing);

    private string UnixSocket => Path.Combine(_directory.Path, "s.sock");

    [Fact]
    public async Task Listen_SeveralAddresses_AnswersOnEach()
    {
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing, "--web.listen-address=127.0.0.2:0", $"--web.listen-address=unix:{UnixSocket}");
        var last = await exporter.Process.WaitForLineAsync(@"msg=""listening"" address=(http://unix:\S+)$");

        var addresses = exporter.LogLines.Where(line => line.Contains("msg=\"listening\"", StringComparison.Ordinal)).ToArray();
        Assert.Equal($"http://unix:{UnixSocket}", last.Groups[1].Value);
        Assert.Equal(3, addresses.Length);
        Assert.Equal("healthy\n", await exporter.GetTextAsync("/-/healthy"));
        Assert.Equal("healthy\n", await AskUnixAsync());
        using var client = new HttpClient();
        var second = addresses[1][(addresses[1].IndexOf("http://127.0.0.2", StringComparison.Ordinal))..];
        Assert.Equal("healthy\n", await client.GetStringAsync(new Uri(second + "/-/healthy"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Listen_UnixSocketOfAKilledExporter_TakesItOverAndNotALivingOnes()
    {
        string[] arguments = [$"--config.file={Config}", $"--web.listen-address=unix:{UnixSocket}"];
        await using (var first = ExporterProcess.StartProcess(arguments))
        {
            await first.WaitForLineAsync(Listening);
            await using var rival = ExporterProcess.StartProcess(arguments);
            Assert.Equal(1, await rival.WaitForExitAsync());
            Assert.Contains("cannot listen on unix:", string.Join('\n', rival.Error), StringComparison.Ordinal);
            Assert.Equal("healthy\n", await AskUnixAsync());
            await first.KillAsync();
        }

        Assert.True(File.Exists(UnixSocket));
        await using var second = ExporterProcess.StartProcess(arguments);
        await second.WaitForLineAsync(Listening);
        Assert.Equal("healthy\n", await AskUnixAsync());
    }

    [Fact]
    public async Task Listen_FileInThePlaceOfTheSocket_IsLeftAlone()
    {
        File.WriteAllText(UnixSocket, "precious");

        var result = await ExporterProcess.RunAsync($"--config.file={Config}", $"--web.listen-address=unix:{UnixSocket}");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("precious", File.ReadAllText(UnixSocket));
    }

    [Fact]
    public async Task Listen_SystemdSocket_AnswersOnIt()
    {
        using var authority = new TestAuthority("root");
        var (certificate, key) = authority.IssueServer("server");
        _directory.Write("server.crt", certificate);
        _directory.Write("server.key", key);
        var web = _directory.Write("web.yml", "tls_server_config: {cert_file: server.crt, key_file: server.key}\n");
        await using var activator = ChildProcess.Start(
            "systemd-socket-activate",
            [$"--listen={UnixSocket}", ExporterProcess.Executable, $"--config.file={Config}", "--web.systemd-socket", $"--web.config.file={web}"],
            "install it with: apt-get install systemd");
        await activator.WaitForLineAsync("Listening on ");

        Assert.Equal("healthy\n", await AskUnixAsync("https"));
        Assert.Equal("healthy\n", await AskUnixAsync("https"));
    }

    [Fact]
    public async Task Listen_SystemdSocketWithoutSystemd_SaysSo()
    {
        var result = await ExporterProcess.RunAsync($"--config.file={Config}", "--web.systemd-socket");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("systemd has passed no sockets", result.Error, StringComparison.Ordinal);
    }

    // The port would be in use, by systemd, or another one would stay without an answer.
    [Fact]
    public async Task Listen_SystemdSocketWithoutTheFlag_SaysSo()
    {
        await using var activator = ChildProcess.Start(
            "systemd-socket-activate",
            [$"--listen={UnixSocket}", ExporterProcess.Executable, $"--config.file={Config}", "--web.listen-address=127.0.0.1:0"],
            "install it with: apt-get install systemd");
        await activator.WaitForLineAsync("Listening on ");
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(UnixSocket), TestContext.Current.CancellationToken);

        Assert.Equal(1, await activator.WaitForExitAsync()); // it has become the exporter
        Assert.Contains("add --web.systemd-socket", activator.Transcript(), StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private async Task<string> AskUnixAsync(string scheme = "http")
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(UnixSocket), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = { RemoteCertificateValidationCallback = ProtectedExporter.AcceptAny },
        };
        using var client = new HttpClient(handler) { Timeout = Eventually.Deadline };
        return await client.GetStringAsync(new Uri($"{scheme}://{IPAddress.Loopback}/-/healthy"), TestContext.Current.CancellationToken);
    }
}
