using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A server of lists of targets, as Prometheus' http_sd wants them, or as the test wants them to be wrong. Thread-safe.</summary>
internal sealed class TargetListServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TargetListServer(WebApplication app) => _app = app;

    /// <summary>Where the list is.</summary>
    public string Url => $"{_app.Urls.First()}/targets";

    /// <summary>How requests to <c>/targets</c> are answered.</summary>
    public RequestDelegate Answer { get; set; } = context => WriteAsync(context, "[]");

    /// <summary>Starts it on a free port of 127.0.0.1.</summary>
    /// <param name="certificate">Its certificate; null for plain HTTP.</param>
    /// <param name="wantsClientCertificate">Whether a client needs one, too.</param>
    public static async Task<TargetListServer> StartAsync(X509Certificate2? certificate = null, bool wantsClientCertificate = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate, https =>
                {
                    https.ClientCertificateMode = wantsClientCertificate ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate;
                    https.AllowAnyClientCertificate();
                });
            }
        }));
        var app = builder.Build();
        var server = new TargetListServer(app);
        app.MapGet("/targets", context => server.Answer(context));
        app.MapGet("/elsewhere", context => WriteAsync(context, context.Request.Headers.Authorization.Count == 0 ? "[]" : "credentials came along"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Answers with a list.</summary>
    public static Task WriteAsync(HttpContext context, string text, string type = "application/json; charset=utf-8")
    {
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    /// <summary>A certificate of 127.0.0.1 that signs itself, with its key.</summary>
    /// <param name="host">A name that it has beside the address.</param>
    public static X509Certificate2 Certificate(string host = "localhost")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
