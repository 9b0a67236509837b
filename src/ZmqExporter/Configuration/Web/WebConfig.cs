namespace ZmqExporter.Configuration.Web;

/// <summary>What a file for <c>--web.config.file</c> says. Immutable.</summary>
internal sealed record WebConfig
{
    /// <value>How TLS is done, or null for plain HTTP.</value>
    public TlsServerConfig? Tls { get; init; }

    /// <value>Whether clients may choose HTTP/2, which they can with TLS only.</value>
    public bool Http2 { get; init; } = true;

    /// <value>Headers that are added to each response.</value>
    public EquatableMap<string> Headers { get; init; }

    /// <value>The bcrypt hash of each user's password; nobody has to authenticate when it is empty.</value>
    public EquatableMap<Secret> Users { get; init; }

    /// <value>How often requests may come, or null for no limit.</value>
    public RateLimitConfig? RateLimit { get; init; }
}

/// <summary>A token bucket that all requests share.</summary>
/// <param name="Interval">Time in which one request is added to what may come.</param>
/// <param name="Burst">The most requests that may come at once.</param>
internal sealed record RateLimitConfig(TimeSpan Interval, int Burst);
