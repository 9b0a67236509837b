using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using ZmqExporter.Configuration;
using ZmqExporter.Discovery;

namespace ZmqExporter.EndToEndTests;

/// <summary>Lists of targets from real servers, and from those that are up to no good.</summary>
public sealed class HttpFetcherTests : IDisposable
{
    private const string List = "[{\"targets\": [\"tcp://a:1\"]}]";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Fetch_GoodAnswer_IsItsTextAndTheRequestIsPrometheus()
    {
        await using var server = await TargetListServer.StartAsync();
        Dictionary<string, string> headers = [];
        server.Answer = context =>
        {
            headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            return TargetListServer.WriteAsync(context, List);
        };

        Assert.Equal(new FetchResult(List, null), await FetchAsync(Url(server)));
        Assert.Equal("application/json", headers["Accept"]);
        Assert.Equal("60", headers["X-Prometheus-Refresh-Interval-Seconds"]);
        Assert.StartsWith("zmq_exporter/", headers["User-Agent"], StringComparison.Ordinal);
        Assert.False(headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData(500, "application/json", "[]", "the answer is 500 Internal Server Error")]
    [InlineData(204, "application/json", "", "the answer is 204 No Content")]
    [InlineData(200, "text/html", "[]", "the answer has the Content-Type \"text/html\" and not application/json")]
    [InlineData(200, "application/json; charset=latin1", "[]", "the answer has the Content-Type \"application/json; charset=latin1\" and not application/json")]
    public async Task Fetch_BadAnswer_IsAFailureInWords(int status, string type, string text, string words)
    {
        await using var server = await TargetListServer.StartAsync();
        server.Answer = context =>
        {
            context.Response.StatusCode = status;
            return status == 204 ? Task.CompletedTask : TargetListServer.WriteAsync(context, text, type);
        };

        Assert.Equal(new FetchResult(null, words), await FetchAsync(Url(server)));
    }

    [Fact]
    public async Task Fetch_AnswerThatNeverEnds_IsGivenUpByTimeOrBySize()
    {
        await using var server = await TargetListServer.StartAsync();
        server.Answer = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("[", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        Assert.Equal("no complete answer within 200ms", (await FetchAsync(Url(server) with { Timeout = TimeSpan.FromMilliseconds(200) })).Failure);

        server.Answer = async context =>
        {
            context.Response.ContentType = "application/json";
            var part = Encoding.ASCII.GetBytes(new string(' ', 1 << 20));
            while (true)
            {
                await context.Response.Body.WriteAsync(part, context.RequestAborted);
            }
        };
        Assert.Equal("the answer is larger than 16 MiB", (await FetchAsync(Url(server))).Failure);
    }

    [Fact]
    public async Task Fetch_NobodyListensOrTheExporterEnds_IsAFailure()
    {
        using var port = new ReservedPort();
        var url = new TargetUrlConfig("u", $"http://127.0.0.1:{port.Number}/", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));
        Assert.Equal("the request failed: Connection refused", (await FetchAsync(url)).Failure);

        var result = await new HttpFetcher(ConfigInputs.System, TimeProvider.System).FetchAsync(url, new CancellationToken(canceled: true));
        Assert.Equal("the exporter ends", result.Failure);
    }

    [Fact]
    public async Task Fetch_CredentialsFromFiles_AreReadForEachRequest()
    {
        await using var server = await TargetListServer.StartAsync();
        server.Answer = context => TargetListServer.WriteAsync(context, context.Request.Headers.Authorization.ToString());
        var file = _directory.Write("secret", "one\n");
        var basic = Url(server) with { Credentials = new HttpCredentials.Basic("me", new SecretSource(null, file)) };
        var token = Url(server) with { Credentials = new HttpCredentials.Token("Bearer", new SecretSource(null, file)) };

        Assert.Equal($"Basic {Convert.ToBase64String("me:one"u8)}", (await FetchAsync(basic)).Text);
        Assert.Equal("Bearer one", (await FetchAsync(token)).Text);
        _directory.Write("secret", "two");
        Assert.Equal("Bearer two", (await FetchAsync(token)).Text);
        File.Delete(file);
        Assert.Equal("the request failed: the file with the credentials does not exist", (await FetchAsync(token)).Failure);
    }

    [Fact]
    public async Task Fetch_Redirect_IsFollowedWithoutTheCredentials()
    {
        await using var server = await TargetListServer.StartAsync();
        server.Answer = context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };

        Assert.Equal("[]", (await FetchAsync(Url(server) with { Credentials = new HttpCredentials.Token("Bearer", new SecretSource(new Secret("x"), null)) })).Text);
    }

    [Fact]
    public async Task Fetch_Tls_TrustsWhomItIsToldToTrust()
    {
        using var certificate = TargetListServer.Certificate();
        using var other = TargetListServer.Certificate("elsewhere");
        await using var server = await TargetListServer.StartAsync(certificate);
        var trusted = new HttpTlsConfig { CaFile = _directory.Write("ca.pem", certificate.ExportCertificatePem()) };
        var wrong = new HttpTlsConfig { CaFile = _directory.Write("other.pem", other.ExportCertificatePem()) };

        Assert.Equal("[]", (await FetchAsync(Url(server, trusted))).Text);
        Assert.Equal("[]", (await FetchAsync(Url(server, trusted with { NeedsTls13 = true }))).Text);
        Assert.Equal("[]", (await FetchAsync(Url(server, trusted with { ServerName = "localhost" }))).Text);
        Assert.Equal("[]", (await FetchAsync(Url(server, new HttpTlsConfig { InsecureSkipVerify = true }))).Text);
        foreach (var tls in new[] { new HttpTlsConfig(), wrong, trusted with { ServerName = "elsewhere" } })
        {
            Assert.Contains("certificate", (await FetchAsync(Url(server, tls))).Failure ?? $"none: {tls}", StringComparison.Ordinal);
        }

        Assert.Equal("the request failed: ca_file has no certificate", (await FetchAsync(Url(server, new HttpTlsConfig { CaFile = _directory.Write("empty.pem", "none") }))).Failure);
    }

    [Fact]
    public async Task Fetch_ClientCertificate_IsShownToTheServer()
    {
        using var certificate = TargetListServer.Certificate();
        using var own = TargetListServer.Certificate("exporter");
        await using var server = await TargetListServer.StartAsync(certificate, wantsClientCertificate: true);
        server.Answer = async context => await TargetListServer.WriteAsync(context, (await context.Connection.GetClientCertificateAsync())?.Subject ?? "none");
        var tls = new HttpTlsConfig { CaFile = _directory.Write("ca.pem", certificate.ExportCertificatePem()) };
        var withOwn = tls with
        {
            CertFile = _directory.Write("own.pem", own.ExportCertificatePem()),
            KeyFile = _directory.Write("own.key", own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()),
        };

        Assert.Equal("CN=exporter", (await FetchAsync(Url(server, withOwn))).Text);
        Assert.NotNull((await FetchAsync(Url(server, tls))).Failure);
        Assert.StartsWith("a certificate or key cannot be used: ", (await FetchAsync(Url(server, withOwn with { KeyFile = withOwn.CertFile }))).Failure, StringComparison.Ordinal);
    }

    private static TargetUrlConfig Url(TargetListServer server, HttpTlsConfig? tls = null) =>
        new("list", server.Url, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30)) { Tls = tls ?? new HttpTlsConfig() };

    private static Task<FetchResult> FetchAsync(TargetUrlConfig url) =>
        new HttpFetcher(ConfigInputs.System, TimeProvider.System).FetchAsync(url, TestContext.Current.CancellationToken);
}
