using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>Binds <c>cipher_suites</c>, whose names are those of Go.</summary>
internal static class CipherSuites
{
    private static readonly ImmutableArray<TlsCipherSuite> OfTls13 =
        [TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256];

    // Those that Go counts as secure, or did until its version 1.22 (the ones without ECDHE).
    private static readonly Choice<TlsCipherSuite> Known = new(
        "cipher suite",
        [
            .. OfTls13,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
            TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,
            TlsCipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA,
            TlsCipherSuite.TLS_RSA_WITH_AES_256_CBC_SHA,
        ],
        suite => suite.ToString());

    /// <summary>Binds the list; empty when .NET shall choose, or after an error.</summary>
    public static ImmutableArray<TlsCipherSuite> Bind(ConfigValue value, SslProtocols versions, WebBindingContext context)
    {
        var suites = ImmutableArray.CreateBuilder<TlsCipherSuite>();
        foreach (var item in value.ReadItems("write a list of names such as TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256") ?? [])
        {
            if (Known.TryRead(item, out var suite))
            {
                suites.Add(suite);
            }
        }

        if (suites.Count == 0)
        {
            return [];
        }

        var ofTls12 = suites.Except(OfTls13).ToArray();
        if (ofTls12.Length == 0 || !versions.HasFlag(SslProtocols.Tls12))
        {
            context.Warn(
                value,
                ofTls12.Length == 0 ? "the suites of TLS 1.3 cannot be chosen: all of them are offered" : "has no effect without TLS 1.2",
                "remove the key, or list suites of TLS 1.2");
        }

        // As in Go, the list is for TLS 1.2: what 1.3 has is always there.
        return ofTls12.Length == 0 ? [] : [.. OfTls13, .. ofTls12];
    }
}
