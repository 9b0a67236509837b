using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using ZmqExporter.Configuration.Web;

namespace ZmqExporter.Http.Protection;

/// <summary>Says for each handshake how it goes, so that a certificate that was renewed is used from the next connection on. Thread-safe.</summary>
/// <param name="config">The web config.</param>
/// <param name="own">The warm-up has no certificate to show.</param>
internal sealed class TlsHandshakes(WebConfigStore config, OwnConnection own)
{
    private const string ForClients = "1.3.6.1.5.5.7.3.2"; // id-kp-clientAuth, RFC 5280

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // What is made of a certificate once, and lives as long as its config.
    private readonly ConditionalWeakTable<TlsServerConfig, SslStreamCertificateContext> _contexts = [];

    /// <summary>For Kestrel.</summary>
    public TlsHandshakeCallbackOptions Options => new() { HandshakeTimeout = Limit, OnConnection = context => ValueTask.FromResult(For(context.Connection)) };

    private SslServerAuthenticationOptions For(ConnectionContext connection)
    {
        var current = config.Get();
        var tls = current.Tls!;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _contexts.GetValue(tls, Prepare),
            EnabledSslProtocols = tls.Versions,
            ApplicationProtocols = current.Http2 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
        };
#pragma warning disable CA1416 // Where a list cannot be had, the start fails with .NET's own message.
        options.CipherSuitesPolicy = tls.CipherSuites.IsEmpty ? null : new CipherSuitesPolicy(tls.CipherSuites.Items);
#pragma warning restore CA1416
        if (tls.ClientAuthentication != ClientAuthentication.None && !own.Is(connection.RemoteEndPoint, connection.LocalEndPoint))
        {
            AskForCertificate(options, tls);
        }

        return options;
    }

    private static SslStreamCertificateContext Prepare(TlsServerConfig tls) =>
        SslStreamCertificateContext.Create(tls.Certificate.Leaf, [.. tls.Certificate.Others], offline: true);

    private static void AskForCertificate(SslServerAuthenticationOptions options, TlsServerConfig tls)
    {
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            TrustMode = tls.ClientAuthorities.IsEmpty ? X509ChainTrustMode.System : X509ChainTrustMode.CustomRootTrust,
        };
        options.CertificateChainPolicy.ApplicationPolicy.Add(new Oid(ForClients));
        foreach (var authority in tls.ClientAuthorities)
        {
            options.CertificateChainPolicy.CustomTrustStore.Add(authority);
            options.CertificateChainPolicy.ExtraStore.Add(authority); // those of them that are no roots
        }

        options.RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsAcceptable(tls, certificate, errors);
    }

    private static bool IsAcceptable(TlsServerConfig tls, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            // Whoever has no certificate has no name.
            return tls.ClientAuthentication is ClientAuthentication.Request or ClientAuthentication.VerifyIfGiven && tls.ClientAllowedNames.IsEmpty;
        }

        var isVerified = tls.ClientAuthentication is ClientAuthentication.Request or ClientAuthentication.RequireAny || errors == SslPolicyErrors.None;
        return isVerified && (tls.ClientAllowedNames.IsEmpty || HasAllowedName(tls, certificate));
    }

    private static bool HasAllowedName(TlsServerConfig tls, X509Certificate certificate) =>
        AlternativeNames.Of(certificate).Any(name => tls.ClientAllowedNames.Contains(name, StringComparer.Ordinal));
}
