using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ZmqExporter.Configuration.Web;

/// <summary>How TLS is done. Immutable; shows nothing of the key.</summary>
internal sealed class TlsServerConfig
{
    /// <value>The certificate with its key, and what a client needs to get from it to a root.</value>
    public required CertificateWithChain Certificate { get; init; }

    /// <value>The versions that clients may choose from.</value>
    public SslProtocols Versions { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <value>The cipher suites that clients may choose from; those of .NET when it is empty.</value>
    public EquatableArray<TlsCipherSuite> CipherSuites { get; init; }

    /// <value>Whether clients have to show a certificate, and which.</value>
    public ClientAuthentication ClientAuthentication { get; init; }

    /// <value>What the certificates of clients must come from; the roots of this machine when it is empty.</value>
    public EquatableArray<X509Certificate2> ClientAuthorities { get; init; }

    /// <value>Names of which a client's certificate must have one; any will do when it is empty.</value>
    public EquatableArray<string> ClientAllowedNames { get; init; }
}

/// <summary>A certificate with its key and the certificates above it.</summary>
/// <param name="Leaf">The certificate, with its key.</param>
/// <param name="Others">What stands behind it in its file.</param>
internal sealed record CertificateWithChain(X509Certificate2 Leaf, EquatableArray<X509Certificate2> Others);

/// <summary>What is asked of a client's certificate.</summary>
internal enum ClientAuthentication
{
    /// <summary>It is not asked for.</summary>
    None,

    /// <summary>It is asked for, and neither needed nor verified.</summary>
    Request,

    /// <summary>There must be one, which is not verified.</summary>
    RequireAny,

    /// <summary>If there is one, it is verified.</summary>
    VerifyIfGiven,

    /// <summary>There must be one that is verified.</summary>
    RequireAndVerify,
}
