namespace ZmqExporter.EndToEndTests.Web;

public sealed class ProtectedHealthcheckTests : IDisposable
{
    private readonly TestAuthority _authority = new("root");

    [Theory]
    [InlineData("--insecure", 0)]
    [InlineData("--ca-file=ca.crt", 0)]
    [InlineData("--ca-file=other.crt", 1)]
    [InlineData("--ca-file=missing.crt", 3)]
    [InlineData(null, 1)]
    public async Task Healthcheck_OfTls_TrustsAsTheFlagsSay(string? flag, int exitCode)
    {
        await using var exporter = await StartAsync("");

        var result = await RunAsync(exporter, flag is null ? [] : [flag]);

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Equal(exitCode == 0 ? "healthy" : "", result.Output);
    }

    [Fact]
    public async Task Healthcheck_WhereCertificatesAreAskedFor_ShowsOne()
    {
        await using var exporter = await StartAsync(", client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.crt");

        Assert.Equal(1, (await RunAsync(exporter, "--ca-file=ca.crt")).ExitCode);
        Assert.Equal(3, (await RunAsync(exporter, "--ca-file=ca.crt", "--cert-file=client.crt")).ExitCode);
        Assert.Equal(0, (await RunAsync(exporter, "--ca-file=ca.crt", "--cert-file=client.crt", "--key-file=client.key")).ExitCode);
    }

    [Fact]
    public async Task Healthcheck_OfAUnixSocket_Connects()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "s.sock");
        await using var exporter = await ExporterProcess.StartAsync(Configs.Nothing, $"--web.listen-address=unix:{path}");

        Assert.Equal(0, (await ExporterProcess.RunAsync("healthcheck", "--url=http://localhost", $"--unix-socket={path}")).ExitCode);
        Assert.Equal(1, (await ExporterProcess.RunAsync("healthcheck", "--url=http://localhost", $"--unix-socket={path}.not")).ExitCode);
    }

    public void Dispose() => _authority.Dispose();

    private static Task<CommandResult> RunAsync(ProtectedExporter exporter, params string[] flags) => ExporterProcess.RunAsync(
    [
        "healthcheck",
        $"--url={exporter.Process.Address}",
        .. flags.Select(flag => flag.Replace("file=", $"file={exporter.Directory}/", StringComparison.Ordinal)),
    ]);

    private async Task<ProtectedExporter> StartAsync(string more)
    {
        using var stranger = new TestAuthority("another root");
        var (certificate, key) = _authority.IssueServer("server");
        var (client, clientKey) = _authority.IssueClient("client");
        return await ProtectedExporter.StartAsync(
            $"tls_server_config: {{cert_file: server.crt, key_file: server.key{more}}}\n",
            [
                ("server.crt", certificate), ("server.key", key), ("ca.crt", _authority.Pem), ("other.crt", stranger.Pem),
                ("client.crt", client), ("client.key", clientKey),
            ]);
    }
}
