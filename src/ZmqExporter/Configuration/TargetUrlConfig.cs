namespace ZmqExporter.Configuration;

/// <summary>An entry of <c>target_urls</c>.</summary>
/// <param name="Name">The URL as it may be shown: the name of the source.</param>
/// <param name="Url">What is asked.</param>
/// <param name="RefreshInterval">How often.</param>
/// <param name="Timeout">How long an answer may take, to its last byte.</param>
internal sealed record TargetUrlConfig(string Name, string Url, TimeSpan RefreshInterval, TimeSpan Timeout)
{
    /// <value>Default 1 min, as in Prometheus.</value>
    public static readonly TimeSpan DefaultRefreshInterval = TimeSpan.FromMinutes(1);

    /// <value>Default 10 s, or the refresh interval when that is shorter.</value>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <value>How the server is known, and how we are.</value>
    public HttpTlsConfig Tls { get; init; } = new();

    /// <value>Who we are; null for nobody.</value>
    public HttpCredentials? Credentials { get; init; }
}

/// <summary>The <c>tls_config</c> of a URL. Files are read for each request.</summary>
internal sealed record HttpTlsConfig
{
    /// <value>Path of the certificates that may have signed the server's; null for those of the system.</value>
    public string? CaFile { get; init; }

    /// <value>Path of our certificate with those that signed it; null for none.</value>
    public string? CertFile { get; init; }

    /// <value>Path of its key.</value>
    public string? KeyFile { get; init; }

    /// <value>The name that the server's certificate must have, and the host that is asked for; null for that of the URL.</value>
    public string? ServerName { get; init; }

    /// <value>Whether any certificate will do.</value>
    public bool InsecureSkipVerify { get; init; }

    /// <value>Whether the server must have TLS 1.3.</value>
    public bool NeedsTls13 { get; init; }
}

/// <summary>What a request says about who asks. <see cref="object.ToString"/> shows no secret.</summary>
internal abstract record HttpCredentials
{
    /// <summary>User name and password.</summary>
    internal sealed record Basic(string Username, SecretSource Password) : HttpCredentials;

    /// <summary>Any other scheme, such as <c>Bearer</c>, with its credentials.</summary>
    internal sealed record Token(string Scheme, SecretSource Credentials) : HttpCredentials;
}

/// <summary>A secret, or the file that has it, which is read for each use.</summary>
/// <param name="Value">The secret; null when there is a file.</param>
/// <param name="File">The file's path; null when there is a value.</param>
internal sealed record SecretSource(Secret? Value, string? File);
