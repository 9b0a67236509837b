namespace ZmqExporter.Configuration;

/// <summary>The layers in which a setting of a target can stand; the later one wins.</summary>
internal enum SettingLayer
{
    /// <summary>Nobody sets it.</summary>
    BuiltIn,

    /// <summary>The <c>metrics</c> section.</summary>
    Metrics,

    /// <summary>The <c>defaults</c> section.</summary>
    Defaults,

    /// <summary>A module, or one that it extends.</summary>
    Module,

    /// <summary>The target in the config file.</summary>
    Target,

    /// <summary>A list of targets from elsewhere.</summary>
    TargetList,
}

/// <summary>Where a setting comes from. Immutable.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Module">The module, when it is one.</param>
/// <param name="Place">Where it stands; null for what the program brings along.</param>
internal sealed record SettingOrigin(SettingLayer Layer, string? Module = null, ConfigPlace? Place = null)
{
    /// <summary>Nobody sets it.</summary>
    public static SettingOrigin BuiltIn { get; } = new(SettingLayer.BuiltIn);

    /// <summary>In words.</summary>
    public override string ToString()
    {
        var layer = Layer switch
        {
            SettingLayer.BuiltIn => "built-in default",
            SettingLayer.Metrics => "metrics",
            SettingLayer.Defaults => "defaults",
            SettingLayer.Module => $"{(Place is null ? "built-in module" : "module")} {Quoted.Plain(Module ?? "")}",
            SettingLayer.Target => "target",
            _ => "target list",
        };
        return Place is { } place ? $"{layer}, {place}" : layer;
    }
}

/// <summary>A key that a target sets itself, and where.</summary>
/// <param name="Key">Its path below the target, such as <c>policy.late_after</c>.</param>
/// <param name="Place">Where its value stands.</param>
internal readonly record struct KeyPlace(string Key, ConfigPlace Place);

/// <summary>A setting of a target, after all layers. Immutable.</summary>
/// <param name="Key">Its path, such as <c>policy.late_after</c>.</param>
/// <param name="Value">What it is, as a config would have it, without secrets.</param>
/// <param name="Origin">Where it comes from.</param>
internal sealed record EffectiveSetting(string Key, string Value, SettingOrigin Origin);

/// <summary>A setting of a module, which a target may override. Immutable.</summary>
/// <param name="Key">Its path, such as <c>policy.late_after</c>.</param>
/// <param name="Value">What it is, without secrets; null for what a target can override, whose value is in its config.</param>
/// <param name="Origin">Where it comes from.</param>
internal sealed record ModuleSetting(string Key, string? Value, SettingOrigin Origin);

/// <summary>A module of the config file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="IsExtended">Whether another module extends it.</param>
internal sealed record FileModule(string Name, ConfigPlace Place, bool IsExtended);
