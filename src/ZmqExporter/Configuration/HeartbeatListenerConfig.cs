using Zmtp.Security;

namespace ZmqExporter.Configuration;

/// <summary>The <c>heartbeat_listener</c> section: who may push heartbeats.</summary>
internal sealed record HeartbeatListenerConfig
{
    /// <value>Default: everybody who can connect.</value>
    public ListenerSecurityConfig Security { get; init; } = new ListenerSecurityConfig.Null();
}

/// <summary>Its security section. <see cref="object.ToString"/> shows no secret.</summary>
internal abstract record ListenerSecurityConfig
{
    /// <summary>Everybody (RFC 23, NULL).</summary>
    internal sealed record Null : ListenerSecurityConfig;

    /// <summary>Users with passwords in clear text (RFC 24).</summary>
    /// <param name="Users">Passwords by user name, at least one.</param>
    internal sealed record Plain(EquatableMap<Secret> Users) : ListenerSecurityConfig;

    /// <summary>Encryption, and proof of both sides' keys (RFC 26).</summary>
    /// <param name="Server">The exporter's pair.</param>
    /// <param name="Allowed">The public keys of those who may push, at least one.</param>
    internal sealed record Curve(CurveKeyPair Server, EquatableArray<CurvePublicKey> Allowed) : ListenerSecurityConfig;
}
