using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TestSupport;

/// <summary>A certificate authority of a test's own.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    private static readonly TimeSpan Tolerance = TimeSpan.FromDays(1); // of clocks

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public TestAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        _certificate = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
    }

    /// <summary>Its certificate.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>Makes a certificate for a server on this machine.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="age">How long ago it expired; null for one that is valid.</param>
    public (string Certificate, string Key) IssueServer(string name, TimeSpan? age = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddIpAddress(System.Net.IPAddress.IPv6Loopback);
        return Issue(name, ForServers, names, Now - (age ?? -Tolerance));
    }

    /// <summary>Makes a certificate for a client.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="addNames">Adds its other names.</param>
    /// <param name="age">How long ago it expired; null for one that is valid.</param>
    public (string Certificate, string Key) IssueClient(string name, Action<SubjectAlternativeNameBuilder>? addNames = null, TimeSpan? age = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        (addNames ?? (builder => builder.AddDnsName(name)))(names);
        return Issue(name, ForClients, names, Now - (age ?? -Tolerance));
    }

    // What checks the certificates takes the time from nobody else.
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private (string Certificate, string Key) Issue(string name, string purpose, SubjectAlternativeNameBuilder names, DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_certificate, end.AddDays(-30), end, RandomNumberGenerator.GetBytes(16));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
