using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Configuration.Web;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>Binds the server's certificate and its key. No error shows anything of the key.</summary>
internal static class CertificateBinder
{
    /// <summary>Binds both; null after an error.</summary>
    public static CertificateWithChain? Bind(Section section, WebBindingContext context)
    {
        var certificate = PemText.Read(section, "cert", required: true, context);
        var key = PemText.Read(section, "key", required: true, context);
        var chain = certificate is null ? null : PemText.Certificates(certificate);
        if (key is null || !IsKey(key) || certificate is null || chain is not { } all || Join(certificate, key) is not { } leaf)
        {
            return null;
        }

        Judge(leaf, certificate.Where, context);
        return new CertificateWithChain(leaf, [.. all.Skip(1)]);
    }

    private static bool IsKey(PemText key)
    {
        if (!PemEncoding.TryFind(key.Text, out _))
        {
            key.Where.Error("there is no PEM-encoded key in it", "write a key that begins with -----BEGIN PRIVATE KEY-----");
            return false;
        }

        if (key.Text.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            key.Where.Error("the key is encrypted, and nobody is there to type its password", "decrypt it: openssl pkey -in KEY -out NEW_KEY");
            return false;
        }

        return true;
    }

    private static X509Certificate2? Join(PemText certificate, PemText key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate.Text, key.Text);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            key.Where.Error("the key does not belong to the certificate, or is of a kind that .NET lacks", "use the RSA or ECDSA key of that certificate");
            return null;
        }
    }

    private static void Judge(X509Certificate2 leaf, ConfigValue where, WebBindingContext context)
    {
        var now = context.Now.UtcDateTime;
        if (now > leaf.NotAfter.ToUniversalTime())
        {
            context.Warn(where, FormattableString.Invariant($"the certificate expired at {leaf.NotAfter.ToUniversalTime():u}"), "renew it");
        }
        else if (now < leaf.NotBefore.ToUniversalTime())
        {
            context.Warn(
                where,
                FormattableString.Invariant($"the certificate is not valid before {leaf.NotBefore.ToUniversalTime():u}"),
                "wait, or check this machine's clock");
        }
    }
}
