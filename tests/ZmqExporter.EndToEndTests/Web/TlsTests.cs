using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ZmqExporter.EndToEndTests.Web;

public sealed class TlsTests : IDisposable
{
    private const string Tls = "tls_server_config: {cert_file: server.crt, key_file: server.key}\n";

    private readonly TestAuthority _authority = new("root");
    private readonly TestAuthority _stranger = new("another root");

    [Fact]
    public async Task Certificate_RightRoot_IsAcceptedAndNoOther()
    {
        await using var exporter = await StartAsync(Tls);

        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/metrics", _authority.Pem));
        await Assert.ThrowsAsync<HttpRequestException>(() => exporter.StatusAsync("/metrics", _stranger.Pem));
        using var plain = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(
            () => plain.GetAsync(new Uri($"http://{exporter.Process.Address.Authority}/metrics"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Certificate_Expired_IsRefusedByClientsAndWarnedOf()
    {
        await using var exporter = await StartAsync(Tls, _authority.IssueServer("expired", TimeSpan.FromDays(2)));

        await Assert.ThrowsAsync<HttpRequestException>(() => exporter.StatusAsync("/metrics", _authority.Pem));
        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/metrics"));
        Assert.Contains(exporter.Process.LogLines, line => line.Contains("the certificate expired at", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Certificate_Renewed_IsShownFromTheNextHandshakeOn()
    {
        await using var exporter = await StartAsync(Tls);
        Assert.Equal("CN=server", await exporter.CertificateAsync());
        var (certificate, key) = _authority.IssueServer("renewed");

        // Between the two replacements they do not fit.
        exporter.Replace("server.crt", certificate);
        Assert.Equal("CN=server", await exporter.CertificateAsync());
        exporter.Replace("server.key", key);

        Assert.Equal("CN=renewed", await exporter.CertificateAsync());
        Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/metrics", _authority.Pem));
        Assert.Contains(exporter.Process.LogLines, line => line.Contains("the key does not belong to the certificate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Certificate_RenewedByTurningALink_IsShown()
    {
        await using var exporter = await StartAsync("tls_server_config: {cert_file: data/tls.crt, key_file: data/tls.key}\n", prepare: WriteSet("first"));
        Assert.Equal("CN=first", await exporter.CertificateAsync());

        WriteSet("second")(exporter.Directory);

        Assert.Equal("CN=second", await exporter.CertificateAsync());
    }

    [Fact]
    public async Task Certificate_RenewedManyTimesUnderLoad_NoRequestFails()
    {
        await using var exporter = await StartAsync(Tls);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var asked = 0;
        var asking = Task.Run(
            async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/-/healthy", _authority.Pem));
                    Interlocked.Increment(ref asked);
                }
            },
            CancellationToken.None);
        for (var i = 0; i < 20; i++)
        {
            var (certificate, key) = _authority.IssueServer($"server {i}");
            exporter.Replace("server.crt", certificate);
            exporter.Replace("server.key", key);
            Assert.Equal($"CN=server {i}", await exporter.CertificateAsync());
        }

        await enough.CancelAsync();
        await asking;
        Assert.InRange(asked, 1, int.MaxValue);
    }

    [Theory]
    [InlineData("RequireAndVerifyClientCert", "right", true)]
    [InlineData("RequireAndVerifyClientCert", "none", false)]
    [InlineData("RequireAndVerifyClientCert", "stranger", false)]
    [InlineData("RequireAndVerifyClientCert", "expired", false)]
    [InlineData("RequireAndVerifyClientCert", "for servers", false)]
    [InlineData("VerifyClientCertIfGiven", "none", true)]
    [InlineData("VerifyClientCertIfGiven", "stranger", false)]
    [InlineData("RequireAnyClientCert", "none", false)]
    [InlineData("RequireAnyClientCert", "stranger", true)]
    [InlineData("RequestClientCert", "none", true)]
    [InlineData("NoClientCert", "none", true)]
    public async Task Client_EachCertificate_IsLetInAsTheTypeSays(string type, string certificate, bool isLetIn)
    {
        var authorities = type == "NoClientCert" ? "" : ", client_ca_file: ca.crt";
        await using var exporter = await StartAsync($"tls_server_config: {{cert_file: server.crt, key_file: server.key, client_auth_type: {type}{authorities}}}\n");
        using var client = certificate switch
        {
            "right" => Load(_authority.IssueClient("prometheus")),
            "stranger" => Load(_stranger.IssueClient("prometheus")),
            "expired" => Load(_authority.IssueClient("prometheus", age: TimeSpan.FromDays(2))),
            "for servers" => Load(_authority.IssueServer("prometheus")),
            _ => null,
        };

        await AssertLetInAsync(exporter, client, isLetIn);
    }

    [Theory]
    [InlineData("prometheus.example.org", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("spiffe://example.org/prometheus", true)]
    [InlineData("ops@example.org", true)]
    [InlineData("example.org", false)]
    [InlineData("PROMETHEUS.example.org", false)]
    public async Task Client_AllowedNames_LetOnlyThemIn(string allowed, bool isLetIn)
    {
        await using var exporter = await StartAsync(
            $$"""
            tls_server_config:
              {cert_file: server.crt, key_file: server.key, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.crt, client_allowed_sans: [other, "{{allowed}}"]}
            """);
        using var client = Load(_authority.IssueClient("example.org", names =>
        {
            names.AddDnsName("prometheus.example.org");
            names.AddIpAddress(IPAddress.Parse("10.0.0.1"));
            names.AddUri(new Uri("spiffe://example.org/prometheus"));
            names.AddEmailAddress("ops@example.org");
        }));

        await AssertLetInAsync(exporter, client, isLetIn);
    }

    [Fact]
    public async Task Version_BelowTheLeast_IsRefused()
    {
        await using var exporter = await StartAsync("tls_server_config: {cert_file: server.crt, key_file: server.key, min_version: TLS13}\n");

        await Assert.ThrowsAnyAsync<Exception>(() => exporter.HandshakeAsync(new() { EnabledSslProtocols = SslProtocols.Tls12 }));
        Assert.Equal("CN=server", (await exporter.HandshakeAsync(new() { EnabledSslProtocols = SslProtocols.Tls13 })).Subject);
    }

    [Fact]
    public async Task Cipher_List_IsWhatTls12May()
    {
        await using var exporter = await StartAsync(
            "tls_server_config: {cert_file: server.crt, key_file: server.key, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]}\n");

        Assert.Equal(
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            (await exporter.HandshakeAsync(new() { EnabledSslProtocols = SslProtocols.Tls12 })).Cipher);
        Assert.Equal("CN=server", (await exporter.HandshakeAsync(new() { EnabledSslProtocols = SslProtocols.Tls13 })).Subject);
#pragma warning disable CA1416 // The tests run on Linux.
        await Assert.ThrowsAnyAsync<Exception>(() => exporter.HandshakeAsync(new()
        {
            EnabledSslProtocols = SslProtocols.Tls12,
            CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]),
        }));
#pragma warning restore CA1416
    }

    [Theory]
    [InlineData("", "2.0")]
    [InlineData("http_server_config: {http2: true}\n", "2.0")]
    [InlineData("http_server_config: {http2: false}\n", "1.1")]
    public async Task Http2_AsTheFileSays(string http, string version)
    {
        await using var exporter = await StartAsync(Tls + http);

        using var response = await exporter.AskAsync("/metrics", _authority.Pem, version: HttpVersion.Version20);

        Assert.Equal(version, response.Version.ToString());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    private static X509Certificate2 Load((string Certificate, string Key) pem) => X509Certificate2.CreateFromPem(pem.Certificate, pem.Key);

    private async Task AssertLetInAsync(ProtectedExporter exporter, X509Certificate2? client, bool isLetIn)
    {
        if (isLetIn)
        {
            Assert.Equal(HttpStatusCode.OK, await exporter.StatusAsync("/metrics", _authority.Pem, client));
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => exporter.StatusAsync("/metrics", _authority.Pem, client));
        }
    }

    // As Kubernetes mounts a secret: the files are behind a link that is turned.
    private Action<string> WriteSet(string name) => directory =>
    {
        var (certificate, key) = _authority.IssueServer(name);
        var set = Directory.CreateDirectory(Path.Combine(directory, name)).FullName;
        File.WriteAllText(Path.Combine(set, "tls.crt"), certificate);
        File.WriteAllText(Path.Combine(set, "tls.key"), key);
        var link = Path.Combine(directory, "data");
        File.Delete(link);
        File.CreateSymbolicLink(link, name);
    };

    private Task<ProtectedExporter> StartAsync(string config, (string Certificate, string Key)? server = null, Action<string>? prepare = null)
    {
        var (certificate, key) = server ?? _authority.IssueServer("server");
        return ProtectedExporter.StartAsync(config, [("server.crt", certificate), ("server.key", key), ("ca.crt", _authority.Pem)], prepare: prepare);
    }
}
