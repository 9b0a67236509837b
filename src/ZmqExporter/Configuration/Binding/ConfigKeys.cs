using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Every key that a config may hold; those of the probers are with the probers.</summary>
internal static class ConfigKeys
{
    private static readonly ImmutableArray<string> Settings = ["interval", "timeout", "client", "max_connection_age", "policy", "buckets"];

    /// <summary>The document.</summary>
    public static KeyTable Root { get; } =
        new("", ["defaults", "modules", "targets", "target_files", "target_urls", "heartbeat_listener", "probe_endpoint", "metrics", "state_file"]) { FreePrefix = "x-" };

    /// <summary>What modules and targets start from.</summary>
    public static KeyTable Defaults { get; } = new("defaults", [.. Settings, "labels", "modules"]);

    /// <summary>The failure policy, wherever it stands.</summary>
    public static KeyTable Policy { get; } = new(
        "defaults.policy",
        ["late_after", "degraded_after", "down_after", "up_after", "suspect_interval", "down_interval", "flapping", "objective"]);

    /// <summary>When a target counts as flapping.</summary>
    public static KeyTable Flapping { get; } = new("defaults.policy.flapping", ["changes", "window"]);

    /// <summary>A module, without its prober's keys.</summary>
    public static KeyTable Module { get; } = new("modules.*", ["extends", "prober", .. Settings, "ping", "security"]);

    /// <summary>A module's security.</summary>
    public static KeyTable Security { get; } = new(
        "modules.*.security",
        [
            "mechanism", "username", "password", "password_file",
            "server_public_key", "server_public_key_file", "client_secret_key", "client_secret_key_file",
        ]);

    /// <summary>A target.</summary>
    public static KeyTable Target { get; } = new("targets[*]", ["name", "endpoint", TargetParts.ReturnEndpoint, "modules", .. Settings, "labels"]);

    /// <summary>A source of targets by HTTP.</summary>
    public static KeyTable TargetUrl { get; } =
        new("target_urls[*]", ["url", "refresh_interval", "timeout", "tls_config", "basic_auth", "authorization"]);

    /// <summary>How such a server is known, and how we are.</summary>
    public static KeyTable TlsClient { get; } =
        new("target_urls[*].tls_config", ["ca_file", "cert_file", "key_file", "server_name", "insecure_skip_verify", "min_version"]);

    /// <summary>User name and password.</summary>
    public static KeyTable BasicAuth { get; } = new("target_urls[*].basic_auth", ["username", "password", "password_file"]);

    /// <summary>A token.</summary>
    public static KeyTable Authorization { get; } = new("target_urls[*].authorization", ["type", "credentials", "credentials_file"]);

    /// <summary>A group of a list of targets, which is a file of its own.</summary>
    public static KeyTable TargetGroup { get; } = new("[*]", ["targets", "labels"]);

    /// <summary>Who may push heartbeats.</summary>
    public static KeyTable HeartbeatListener { get; } = new("heartbeat_listener", ["security"]);

    /// <summary>By which mechanism.</summary>
    public static KeyTable ListenerSecurity { get; } = new(
        "heartbeat_listener.security", ["mechanism", "users", "server_secret_key", "server_secret_key_file", "allowed_public_keys"]);

    /// <summary>A user of PLAIN.</summary>
    public static KeyTable ListenerUser { get; } = new("heartbeat_listener.security.users[*]", ["username", "password", "password_file"]);

    /// <summary>The <c>/probe</c> endpoint.</summary>
    public static KeyTable ProbeEndpoint { get; } = new("probe_endpoint", ["allow"]);

    /// <summary>What <c>/probe</c> may reach.</summary>
    public static KeyTable AllowRule { get; } = new("probe_endpoint.allow[*]", ["hosts", "cidrs", "ports", "schemes"]);

    /// <summary>What is exported.</summary>
    public static KeyTable Metrics { get; } = new("metrics", ["detail", "buckets"]);

    /// <summary>Every table, the probers' too.</summary>
    public static ImmutableArray<KeyTable> All { get; } =
    [
        Root, Defaults, Policy, Flapping, Module, Security, Target, TargetUrl, TlsClient, BasicAuth, Authorization, HeartbeatListener, ListenerSecurity, ListenerUser, ProbeEndpoint, AllowRule, Metrics,
        .. ProberBinder.All.SelectMany(prober => prober.Tables),
    ];
}
