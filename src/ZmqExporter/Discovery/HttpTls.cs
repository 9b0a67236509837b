using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ZmqExporter.Configuration;

namespace ZmqExporter.Discovery;

/// <summary>The TLS of one request: certificates as their files have them now.</summary>
internal sealed class HttpTls : IDisposable
{
    private const int MaxFileSize = 1 << 20;
    private const int MaxRedirections = 10; // as in Prometheus

    private readonly HttpTlsConfig _config;
    private readonly X509Certificate2Collection _authorities = [];
    private readonly X509Certificate2? _certificate;

    private HttpTls(HttpTlsConfig config, ConfigInputs inputs)
    {
        _config = config;
        if (config.CaFile is { } ca)
        {
            _authorities.ImportFromPem(ReadFile(inputs, ca, "ca_file"));
            if (_authorities.Count == 0)
            {
                throw new IOException("ca_file has no certificate");
            }
        }

        if (config is { CertFile: { } certificate, KeyFile: { } key })
        {
            _certificate = X509Certificate2.CreateFromPem(ReadFile(inputs, certificate, "cert_file"), ReadFile(inputs, key, "key_file"));
        }
    }

    /// <summary>Reads the files.</summary>
    /// <exception cref="IOException">One cannot be read.</exception>
    /// <exception cref="CryptographicException">One is not what it should be.</exception>
    public static HttpTls Create(HttpTlsConfig config, ConfigInputs inputs) => new(config, inputs);

    /// <summary>The text of a file; its name is not shown.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string ReadFile(ConfigInputs inputs, string path, string noun) =>
        BoundedFile.TryRead(inputs, path, MaxFileSize, out var text, out var failure) ? text : throw new IOException($"{noun} {failure.Message}");

    /// <summary>What a client sends with. It ends with the client, and this has to outlive it.</summary>
    public SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false, // as in Prometheus: what http_proxy says is not for servers of targets
            UseCookies = false,
            MaxAutomaticRedirections = MaxRedirections,
            AutomaticDecompression = DecompressionMethods.GZip,
        };
        var options = handler.SslOptions;
        options.EnabledSslProtocols = _config.NeedsTls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;
        if (_authorities.Count > 0)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(_authorities);
            options.CertificateChainPolicy = policy;
        }

        if (_certificate is not null)
        {
            options.ClientCertificates = [_certificate];
        }

        if (_config.InsecureSkipVerify)
        {
#pragma warning disable CA5359, MA0039 // It is what the user asks for.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359, MA0039
        }

        return handler;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _certificate?.Dispose();
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }
}
