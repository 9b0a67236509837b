using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds one module and what it extends.</summary>
internal static class ModuleBinder
{
    private static readonly Choice<bool> Pings = new("value for ping", [("true", true), ("false", false)]);

    /// <summary>Binds a module; null after an error.</summary>
    /// <param name="chain">The module and those that it extends.</param>
    /// <param name="defaults">The <c>defaults</c> section.</param>
    /// <param name="context">What the load shares.</param>
    /// <param name="settings">Its settings, also after an error.</param>
    public static BoundModule? Bind(ModuleChain chain, SettingsLayer defaults, BindingContext context, out SettingsLayer settings)
    {
        var prober = FindProber(chain);
        var own = SettingsLayer.Empty;
        foreach (var section in chain.Sections)
        {
            section.CheckKeys(ConfigKeys.Module.With(prober?.Keys ?? ProberBinder.AnyKeys), prober is null ? null : prober.Foreign);
            own = own.Over(SettingsLayer.Read(section, SettingScope.Module));
        }

        settings = own.Over(defaults);

        var securityAt = chain.Find("security");
        var security = securityAt is null ? new SecurityConfig.Null() : SecurityBinder.Bind(securityAt, context);
        var ping = true;
        var isValid = chain.Find("ping") is not { } pingAt || Pings.TryRead(pingAt, out ping);
        var config = prober?.Bind(chain);
        if (config is HandshakeProberConfig handshake && isValid)
        {
            config = HandshakeProberBinder.WithConnection(chain, handshake, ping);
        }

        if (config is LoopProberConfig loop)
        {
            config = LoopProberBinder.WithReturnSecurity(chain, loop, context);
        }

        if (config is not null)
        {
            NetMqRules.CheckProber(own, config);
            CheckConnectionAge(chain, config);
        }

        return !isValid || chain.IsPartial || config is null || security is null || !HandshakeProberBinder.CheckSecurity(chain, config, security)
            ? null
            : new BoundModule(chain.Name, settings, security, config, securityAt, ping, context.Metrics) { MaxReplyAt = chain.Find("max_reply") };
    }

    // Of this very module alone: it may have the key from one that it extends, or from the defaults, where others need it.
    private static void CheckConnectionAge(ModuleChain chain, ProberConfig config)
    {
        if (config is RequestProberConfig { Persistent: false } or HandshakeProberConfig { Persistent: false })
        {
            chain.Sections[0].Find("max_connection_age")?.Error(
                "does nothing here: each probe of this module makes a connection of its own", "remove it, or write connection: persistent");
        }
    }

    private static ProberBinder? FindProber(ModuleChain chain)
    {
        var probers = chain.Sections.Select(section => section.Find("prober")).OfType<ConfigValue>().ToList();
        if (probers.Count == 0)
        {
            var likely = ProberBinder.Guess(word: null, chain);
            _ = chain.Sections[0].Require("prober", $"write prober: {likely?.Name ?? "request"}, or extend a module that has one");
            return likely;
        }

        if (!ProberBinder.Choice.TryRead(probers[^1], out var prober))
        {
            return ProberBinder.Guess((probers[^1].Node as YamlScalar)?.Text, chain);
        }

        // The parent's send and expect would have no meaning for another prober.
        foreach (var value in probers.SkipLast(1))
        {
            if (ProberBinder.Choice.TryRead(value, out var other) && other != prober)
            {
                value.Error($"the module that this one extends has prober: {prober.Name}", "remove prober here, or extend another module");
                return null;
            }
        }

        return prober;
    }
}
