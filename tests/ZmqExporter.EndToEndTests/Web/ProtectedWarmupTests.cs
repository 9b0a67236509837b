using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Web;
using ZmqExporter.Http;
using ZmqExporter.Http.Protection;

namespace ZmqExporter.EndToEndTests.Web;

public sealed class ProtectedWarmupTests
{
    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData(":0")]
    public async Task RunAsync_WhereEverythingIsProtected_ReachesTheEndpoints(string listen)
    {
        using var authority = new TestAuthority("root");
        var (certificate, key) = authority.IssueServer("server");
        var config = new WebConfig
        {
            Tls = new TlsServerConfig
            {
                Certificate = new CertificateWithChain(X509Certificate2.CreateFromPem(certificate, key), []),
                ClientAuthentication = ClientAuthentication.RequireAndVerify,
                ClientAuthorities = [X509Certificate2.CreateFromPem(authority.Pem)],
            },
            Users = ImmutableSortedDictionary.Create<string, Secret>(StringComparer.Ordinal).Add("alice", new Secret(BCrypt.Net.BCrypt.HashPassword("secret", 4))),
            RateLimit = new RateLimitConfig(TimeSpan.FromHours(1), Burst: 1),
        };
        var asked = new List<string>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        Assert.True(ListenAddress.TryParse(listen, out var address, out _));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenOn(address, isTls: true));
        builder.Services.AddExporterHttp();
        builder.Services.AddProtection(_ => new WebConfigStore(
            new WebConfigResult(config, [], [], []), () => throw new InvalidOperationException(), _ => "", TimeProvider.System, NullLogger<WebConfigStore>.Instance));
        await using var app = builder.Build();
        app.UseProtection();
        app.Run(context =>
        {
            asked.Add(context.Request.Path);
            return Task.CompletedTask;
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        var own = app.Services.GetRequiredService<OwnConnection>();

        await HttpWarmup.RunAsync(app.Urls, own, TestContext.Current.CancellationToken);

        Assert.Equal(HttpWarmup.Requests.Select(request => request.Path), asked, StringComparer.Ordinal);
    }
}
