using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>A module whose settings can still be overridden by a target.</summary>
/// <param name="name">Its name.</param>
/// <param name="settings">Its settings, those that it extends and the defaults.</param>
/// <param name="security">Its security.</param>
/// <param name="prober">What it does.</param>
/// <param name="securityAt">Where the security section stands, or null.</param>
/// <param name="ping">Whether a PING may be sent.</param>
/// <param name="metrics">The <c>metrics</c> section.</param>
internal sealed class BoundModule(
    string name, SettingsLayer settings, SecurityConfig security, ProberConfig prober, ConfigValue? securityAt, bool ping, MetricsConfig metrics)
{
    private ModuleConfig? _alone;

    /// <summary>Its settings, those that it extends and the defaults.</summary>
    public SettingsLayer Settings => settings;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its security.</summary>
    public SecurityConfig Security => security;

    /// <summary>Where the security section stands, or null.</summary>
    public ConfigValue? SecurityAt => securityAt;

    /// <value>Where <c>max_reply</c> stands, or null.</value>
    public ConfigValue? MaxReplyAt { get; init; }

    /// <summary>What it does.</summary>
    public ProberConfig Prober => prober;

    /// <summary>The module as it is: one object for all targets that override nothing.</summary>
    public ModuleConfig Alone => _alone ??= Create(EffectiveSettings.Of(settings, metrics));

    /// <summary>The module with a target's settings laid over its own. What they leave as it is, is shared by all of its targets.</summary>
    public ModuleConfig With(SettingsLayer overrides)
    {
        if (overrides == SettingsLayer.Empty)
        {
            return Alone;
        }

        var effective = EffectiveSettings.Of(overrides.Over(settings), metrics);
        return Create(effective with
        {
            Policy = effective.Policy == Alone.Policy ? Alone.Policy : effective.Policy,
            Buckets = effective.Buckets == Alone.Buckets ? Alone.Buckets : effective.Buckets,
        });
    }

    private ModuleConfig Create(EffectiveSettings effective)
    {
        var client = NetMqRules.HasOwnClient(prober) ? MessagingClient.Zmtp : effective.Client; // no other one can
        return new ModuleConfig(name, effective.Interval, effective.Timeout, client, effective.Policy, security, prober)
        {
            Ping = ping,
            MaxConnectionAge = effective.MaxConnectionAge,
            Buckets = effective.Buckets,
        };
    }
}
