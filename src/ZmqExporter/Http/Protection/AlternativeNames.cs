using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace ZmqExporter.Http.Protection;

/// <summary>Reads the subject alternative names of a certificate (RFC 5280, section 4.2.1.6).</summary>
internal static class AlternativeNames
{
    private const string Extension = "2.5.29.17";

    private static readonly Asn1Tag Email = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag Dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag Address = new(TagClass.ContextSpecific, 7);

    /// <summary>DNS names, e-mail addresses, URIs and IP addresses; none when what is there cannot be read.</summary>
    public static IReadOnlyList<string> Of(X509Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        using var whole = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        try
        {
            return [.. whole.Extensions.Where(extension => extension.Oid?.Value == Extension).SelectMany(extension => Read(extension.RawData))];
        }
        catch (AsnContentException)
        {
            return [];
        }
    }

    private static List<string> Read(byte[] data)
    {
        var names = new List<string>();
        var reader = new AsnReader(data, AsnEncodingRules.DER).ReadSequence();
        while (reader.HasData)
        {
            var tag = reader.PeekTag();
            if (tag == Email || tag == Dns || tag == Uri)
            {
                names.Add(reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
            }
            else if (tag == Address && reader.ReadOctetString(tag) is { Length: 4 or 16 } bytes)
            {
                names.Add(new IPAddress(bytes).ToString());
            }
            else if (tag != Address)
            {
                _ = reader.ReadEncodedValue();
            }
        }

        return names;
    }
}
