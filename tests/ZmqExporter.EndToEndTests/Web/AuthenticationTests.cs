using System.Net;
using ZmqExporter.EndToEndTests.Scenarios;

namespace ZmqExporter.EndToEndTests.Web;

public sealed class AuthenticationTests : IDisposable
{
    private readonly TestAuthority _authority = new("root");

    [Fact]
    public async Task Request_EachPassword_IsJudged()
    {
        await using var exporter = await ProtectedExporter.StartAsync(Users("secret"));

        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/metrics", credentials: "alice:secret"));
        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/metrics", credentials: "alice:secret"));
        Assert.Equal(HttpStatusCode.Unauthorized, await exporter.StatusAsync("/metrics", credentials: "alice:wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await exporter.StatusAsync("/metrics", credentials: "bob:secret"));
        Assert.Equal(HttpStatusCode.Unauthorized, await exporter.StatusAsync("/"));
        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/-/healthy"));
        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/-/ready"));
    }

    [Fact]
    public async Task Request_AfterThePasswordChanged_NeedsTheNewOne()
    {
        await using var exporter = await ProtectedExporter.StartAsync(Users("secret"));
        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/metrics", credentials: "alice:secret"));

        exporter.Replace("web.yml", Users("changed"));

        Assert.Equal(HttpStatusCode.Unauthorized, await exporter.StatusAsync("/metrics", credentials: "alice:secret"));
        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/metrics", credentials: "alice:changed"));
    }

    [Theory]
    [InlineData("basic_auth_users: {alice: secret}\n", "is not a bcrypt hash")]
    [InlineData("basic_auth_users: {", "this is not YAML")]
    [InlineData("tls_server_config: {cert_file: server.crt, key_file: server.key}\n", "TLS cannot be turned on or off")]
    public async Task Request_AfterTheFileBroke_IsJudgedByTheLastGoodOne(string broken, string error)
    {
        var (certificate, key) = _authority.IssueServer("server");
        await using var exporter = await ProtectedExporter.StartAsync(Users("secret"), [("server.crt", certificate), ("server.key", key)]);

        exporter.Replace("web.yml", broken);

        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/metrics", credentials: "alice:secret"));
        Assert.Equal(HttpStatusCode.Unauthorized, await exporter.StatusAsync("/metrics"));
        await exporter.Process.Process.WaitForLineAsync($"level=error .*{error}");
        File.Delete(Path.Combine(exporter.Directory, "web.yml"));
        Assert.Equal(HttpStatusCode.Unauthorized, await exporter.StatusAsync("/metrics"));
        await exporter.Process.Process.WaitForLineAsync("level=error .*the web config file does not exist");
    }

    [Fact]
    public async Task Request_TooOften_Is429()
    {
        await using var exporter = await ProtectedExporter.StartAsync("rate_limit: {interval: 1h, burst: 2}\nhttp_server_config: {headers: {X-Frame-Options: deny}}\n");

        // The warm-up of the start is not counted.
        using var first = await exporter.AskAsync("/metrics");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("deny", Assert.Single(first.Headers.GetValues("X-Frame-Options")));
        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/metrics"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await exporter.StatusAsync("/metrics"));
        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/-/healthy"));
    }

    [Fact]
    public async Task Prometheus_WithTlsAndAPassword_ScrapesAndGoesOnAfterARenewal()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        var (certificate, key) = _authority.IssueServer("server");
        var (client, clientKey) = _authority.IssueClient("prometheus");
        await using var exporter = await ProtectedExporter.StartAsync(
            $$"""
            tls_server_config:
              {cert_file: server.crt, key_file: server.key, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.crt, client_allowed_sans: [prometheus]}
            {{Users("secret")}}
            """,
            [("server.crt", certificate), ("server.key", key), ("ca.crt", _authority.Pem), ("client.crt", client), ("client.key", clientKey)],
            ScenarioConfig.Of(peer.Endpoint));
        var files = exporter.Directory;
        await using var prometheus = await PrometheusServer.StartAsync(
            exporter.Process.Address,
            scrape:
            $$"""
            scheme: https
            tls_config: {ca_file: {{files}}/ca.crt, cert_file: {{files}}/client.crt, key_file: {{files}}/client.key, server_name: localhost}
            basic_auth: {username: alice, password: secret}
            """);

        await prometheus.EventuallyAsync("""up{job="zmq_exporter"} == 1""", samples => samples.Count == 1);
        await prometheus.EventuallyAsync("""zmq_target_state{target="server",state="up"} == 1""", samples => samples.Count == 1);

        // Another password: the scrapes fail, and go on with the old one.
        exporter.Replace("web.yml", (await File.ReadAllTextAsync(Path.Combine(files, "web.yml"), TestContext.Current.CancellationToken)).Replace("alice", "bob", StringComparison.Ordinal));
        await prometheus.EventuallyAsync("""up{job="zmq_exporter"} == 0""", samples => samples.Count == 1);
        var (renewed, renewedKey) = _authority.IssueServer("renewed");
        exporter.Replace("server.crt", renewed);
        exporter.Replace("server.key", renewedKey);
        exporter.Replace("web.yml", (await File.ReadAllTextAsync(Path.Combine(files, "web.yml"), TestContext.Current.CancellationToken)).Replace("bob", "alice", StringComparison.Ordinal));
        await prometheus.EventuallyAsync("""up{job="zmq_exporter"} == 1""", samples => samples.Count == 1);
    }

    public void Dispose() => _authority.Dispose();

    private static string Users(string password) => $"basic_auth_users: {{alice: \"{BCrypt.Net.BCrypt.HashPassword(password, 4)}\"}}\n";
}
