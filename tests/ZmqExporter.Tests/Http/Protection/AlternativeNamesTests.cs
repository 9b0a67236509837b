using System.Net;
using System.Security.Cryptography.X509Certificates;
using ZmqExporter.Http.Protection;

namespace ZmqExporter.Tests.Http.Protection;

public sealed class AlternativeNamesTests
{
    [Fact]
    public void Of_EachKind_IsReadAsPeopleWriteIt()
    {
        using var authority = new TestAuthority("root");
        var (pem, _) = authority.IssueClient("client", names =>
        {
            names.AddDnsName("prometheus.example.org");
            names.AddEmailAddress("ops@example.org");
            names.AddUri(new Uri("spiffe://example.org/prometheus"));
            names.AddIpAddress(IPAddress.Parse("10.0.0.1"));
            names.AddIpAddress(IPAddress.Parse("fd00::1"));
            names.AddUserPrincipalName("somebody@example.org"); // none that can be allowed
        });
        using var certificate = X509Certificate2.CreateFromPem(pem);

        Assert.Equal(
            ["10.0.0.1", "fd00::1", "ops@example.org", "prometheus.example.org", "spiffe://example.org/prometheus"],
            AlternativeNames.Of(certificate).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Of_NoneAtAll_IsEmpty()
    {
        using var authority = new TestAuthority("root");
        using var certificate = X509Certificate2.CreateFromPem(authority.Pem);

        Assert.Empty(AlternativeNames.Of(certificate));
    }
}
