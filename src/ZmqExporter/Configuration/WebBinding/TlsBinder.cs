using System.Security.Authentication;
using ZmqExporter.Configuration.Reading;
using ZmqExporter.Configuration.Web;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>Binds <c>tls_server_config</c>.</summary>
internal static class TlsBinder
{
    private static readonly string[] Enabling = ["cert_file", "key_file", "cert", "key", "client_auth_type", "client_ca_file", "client_ca"];

    private static readonly Choice<bool> Curves = new(
        "curve", [("CurveP256", true), ("CurveP384", true), ("CurveP521", true), ("X25519", true)]);

#pragma warning disable SYSLIB0039, CA5397 // Old versions: the format has them, and there is a warning.
    private static readonly (string Word, SslProtocols Meaning)[] Known =
        [("TLS13", SslProtocols.Tls13), ("TLS12", SslProtocols.Tls12), ("TLS11", SslProtocols.Tls11), ("TLS10", SslProtocols.Tls)];
#pragma warning restore SYSLIB0039, CA5397

    private static readonly Choice<SslProtocols> Versions = new("TLS version", Known);

    /// <summary>Binds the section; null when it turns TLS not on, or after an error.</summary>
    public static TlsServerConfig? Bind(ConfigValue value, WebBindingContext context)
    {
        if (Section.Open(value, WebConfigKeys.Tls) is not { } section)
        {
            return null;
        }

        var isEnabled = Enabling.Any(key => section.FindText(key) is not null);
        var certificate = isEnabled ? CertificateBinder.Bind(section, context) : null;
        var versions = BindVersions(section, context);
        var suites = section.FindSet("cipher_suites") is { } ciphers ? CipherSuites.Bind(ciphers, versions, context) : [];
        BindWithoutEffect(section, context);
        var clients = ClientAuthenticationBinder.Bind(section, isEnabled, context);
        if (!isEnabled && !section.HasUnknownKeys)
        {
            context.Warn(value, "there is no certificate, so HTTP is served without TLS", "write cert_file and key_file");
        }

        return certificate is null ? null : new TlsServerConfig
        {
            Certificate = certificate,
            Versions = versions,
            CipherSuites = suites,
            ClientAuthentication = clients.Kind,
            ClientAuthorities = clients.Authorities,
            ClientAllowedNames = clients.AllowedNames,
        };
    }

    private static SslProtocols BindVersions(Section section, WebBindingContext context)
    {
        var least = section.FindText("min_version");
        var most = section.FindText("max_version");
        var min = least is not null && Versions.TryRead(least, out var lower) ? lower : SslProtocols.Tls12;
        var max = most is not null && Versions.TryRead(most, out var upper) ? upper : SslProtocols.Tls13;
        if (min > max)
        {
            (least ?? most)!.Error("min_version is above max_version, so no client could connect", "write min_version: TLS12 and no max_version");
            return min;
        }

        if (least is not null && min < SslProtocols.Tls12)
        {
            context.Warn(least, "TLS 1.0 and 1.1 are insecure, and OpenSSL refuses them at its usual security level", "write TLS12");
        }

        // Their values rise as they do.
        var all = SslProtocols.None;
        foreach (var (_, version) in Known)
        {
            all |= version >= min && version <= max ? version : SslProtocols.None;
        }

        return all;
    }

    // What .NET leaves to OpenSSL: it is checked all the same, so that a file is good or bad everywhere.
    private static void BindWithoutEffect(Section section, WebBindingContext context)
    {
        if (section.FindSet("curve_preferences") is { } curves)
        {
            foreach (var curve in curves.ReadItems("write a list such as [X25519, CurveP256]") ?? [])
            {
                _ = Curves.TryRead(curve, out _);
            }

            context.Warn(curves, "has no effect: .NET leaves the curves to OpenSSL", "set Groups in OpenSSL's configuration, or remove the key");
        }

        if (section.FindSet("prefer_server_cipher_suites") is { } order && !Switch.Read(order))
        {
            context.Warn(order, "has no effect: .NET always prefers the server's order", "remove the key");
        }
    }
}
