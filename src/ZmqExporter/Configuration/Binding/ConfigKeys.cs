using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Every key that a config may hold; those of the probers are with the probers.</summary>
internal static class ConfigKeys
{
    private static readonly ImmutableArray<string> Settings = ["interval", "timeout", "client", "max_connection_age", "policy", "buckets"];

    /// <summary>The document.</summary>
    public static KeyTable Root { get; } =
        new("", ["defaults", "modules", "targets", "target_files", "target_urls", "probe_endpoint", "metrics", "state_file"]);

    /// <summary>What modules and targets start from.</summary>
    public static KeyTable Defaults { get; } = new("defaults", Settings);

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
    public static KeyTable Target { get; } = new("targets[*]", ["name", "endpoint", "modules", .. Settings, "labels"]);

    /// <summary>The <c>/probe</c> endpoint.</summary>
    public static KeyTable ProbeEndpoint { get; } = new("probe_endpoint", ["allow"]);

    /// <summary>What <c>/probe</c> may reach.</summary>
    public static KeyTable AllowRule { get; } = new("probe_endpoint.allow[*]", ["hosts", "cidrs", "ports", "schemes"]);

    /// <summary>What is exported.</summary>
    public static KeyTable Metrics { get; } = new("metrics", ["detail", "buckets"]);

    /// <summary>Every table, the probers' too.</summary>
    public static ImmutableArray<KeyTable> All { get; } =
    [
        Root, Defaults, Policy, Flapping, Module, Security, Target, ProbeEndpoint, AllowRule, Metrics,
        .. ProberBinder.All.SelectMany(prober => prober.Tables),
    ];
}
