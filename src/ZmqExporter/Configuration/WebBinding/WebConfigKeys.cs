using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.WebBinding;

/// <summary>Every key of a web config.</summary>
internal static class WebConfigKeys
{
    /// <summary>The document.</summary>
    public static KeyTable Root { get; } = new("", ["tls_server_config", "http_server_config", "basic_auth_users", "rate_limit"]);

    /// <summary>TLS.</summary>
    public static KeyTable Tls { get; } = new(
        "tls_server_config",
        [
            "cert_file", "key_file", "cert", "key", "client_auth_type", "client_ca_file", "client_ca", "client_allowed_sans",
            "min_version", "max_version", "cipher_suites", "prefer_server_cipher_suites", "curve_preferences",
        ]);

    /// <summary>HTTP.</summary>
    public static KeyTable Http { get; } = new("http_server_config", ["http2", "headers"]);

    /// <summary>The headers that may be set.</summary>
    public static KeyTable Headers { get; } = new(
        "http_server_config.headers",
        ["Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options", "X-XSS-Protection"]);

    /// <summary>The rate limit.</summary>
    public static KeyTable RateLimit { get; } = new("rate_limit", ["interval", "burst"]);

    /// <summary>Every table.</summary>
    public static ImmutableArray<KeyTable> All { get; } = [Root, Tls, Http, Headers, RateLimit];
}
