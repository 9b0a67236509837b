using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Configuration.Web;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>Binds what is asked of clients' certificates.</summary>
internal static class ClientAuthenticationBinder
{
    private static readonly Choice<ClientAuthentication> Kinds = new(
        "client_auth_type",
        [
            ("NoClientCert", ClientAuthentication.None),
            ("RequestClientCert", ClientAuthentication.Request),
            ("RequireClientCert", ClientAuthentication.RequireAny), // the old name
            ("RequireAnyClientCert", ClientAuthentication.RequireAny),
            ("VerifyClientCertIfGiven", ClientAuthentication.VerifyIfGiven),
            ("RequireAndVerifyClientCert", ClientAuthentication.RequireAndVerify),
        ]);

    /// <summary>Binds the keys of the section that are about clients; what has errors keeps its default.</summary>
    public static (ClientAuthentication Kind, ImmutableArray<X509Certificate2> Authorities, ImmutableArray<string> AllowedNames) Bind(
        Section section, bool isEnabled, WebBindingContext context)
    {
        var type = section.FindText("client_auth_type");
        var isKnown = true;
        var kind = type is not null && (isKnown = Kinds.TryRead(type, out var meaning)) ? meaning : ClientAuthentication.None;
        var authorities = BindAuthorities(section, context);
        var names = section.FindSet("client_allowed_sans");
        var allowed = names is null ? [] : BindNames(names);
        if (isKnown && isEnabled && kind == ClientAuthentication.None
            && section.FindAll(["client_ca", "client_ca_file", "client_allowed_sans"]).FirstOrDefault(value => !IsNothing(value)) is { } unused)
        {
            unused.Error("nobody is asked for a certificate", "write client_auth_type: RequireAndVerifyClientCert");
        }
        else if (isKnown && names is not null && kind is ClientAuthentication.Request or ClientAuthentication.VerifyIfGiven)
        {
            names!.Error("with this client_auth_type whoever shows no certificate is let in", "write client_auth_type: RequireAndVerifyClientCert");
        }
        else if (isKnown && names is not null && kind == ClientAuthentication.RequireAny)
        {
            context.Warn(
                names,
                "protects nothing: with this client_auth_type anybody can make a certificate with such a name",
                "write client_auth_type: RequireAndVerifyClientCert");
        }

        return (kind, authorities, allowed);
    }

    private static bool IsNothing(ConfigValue value) => value.Node is YamlScalar { IsNull: true } or YamlScalar { Text: "" };

    private static ImmutableArray<X509Certificate2> BindAuthorities(Section section, WebBindingContext context)
    {
        if (PemText.Read(section, "client_ca", required: false, context) is not { } pem || PemText.Certificates(pem) is not { } all)
        {
            return [];
        }

        if (!all.Any(certificate => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)))
        {
            pem.Where.Error("none of its certificates is a root, which .NET needs to verify others", "add the root that they come from");
        }

        return all;
    }

    private static ImmutableArray<string> BindNames(ConfigValue value)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var item in value.ReadItems("write a list of names, such as [prometheus.example.org]") ?? [])
        {
            if (item.ReadText("write a DNS name, an IP address, an e-mail address or a URI") is { Length: > 0 } name)
            {
                names.Add(name);
            }
        }

        // An empty list would let nobody in, or everybody: too different to guess.
        if (names.Count == 0)
        {
            value.Error("has no names", "list some, or remove the key");
        }

        return names.ToImmutable();
    }
}
