namespace ZmqExporter.Configuration;

/// <summary>A module whose settings can still be overridden by a target.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Settings">Its settings, those that it extends and the defaults.</param>
/// <param name="Security">Its security.</param>
/// <param name="Prober">What it does.</param>
/// <param name="SecurityAt">Where the security section stands, or null.</param>
/// <param name="Ping">Whether a PING may be sent.</param>
/// <param name="Metrics">The <c>metrics</c> section.</param>
internal sealed record CompiledModule(
    string Name, SettingsLayer Settings, SecurityConfig Security, ProberConfig Prober, ConfigValue? SecurityAt, bool Ping, MetricsConfig Metrics)
{
    /// <summary>The module with a target's settings laid over its own.</summary>
    public ModuleConfig With(SettingsLayer overrides)
    {
        var settings = EffectiveSettings.Of(overrides.Over(Settings), Metrics);
        var client = Prober is HandshakeProberConfig ? MessagingClient.Zmtp : settings.Client; // no other one can
        return new ModuleConfig(Name, settings.Interval, settings.Timeout, client, settings.Policy, Security, Prober)
        {
            Ping = Ping,
            MaxConnectionAge = settings.MaxConnectionAge,
            Buckets = settings.Buckets,
        };
    }
}
