using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>A value that one layer of the config sets.</summary>
/// <param name="Value">The value.</param>
/// <param name="IsValid">False after an error about it: it still hides what is below, so that no further error follows.</param>
/// <param name="Where">Where it stands.</param>
/// <param name="Scope">The layer that it stands in.</param>
internal sealed record Setting<T>(T Value, bool IsValid, ConfigValue Where, SettingScope Scope)
    where T : struct
{
    /// <summary>A setting from what was read, null standing for a failure that has been reported.</summary>
    public static Setting<T>? From(ConfigValue? value, SettingScope scope, Func<ConfigValue, T?> read)
    {
        if (value is null)
        {
            return null;
        }

        var result = read(value);
        return new Setting<T>(result.GetValueOrDefault(), result.HasValue, value, scope);
    }
}

/// <summary>The layers in which a setting can stand; the later one wins.</summary>
internal enum SettingScope
{
    /// <summary>The <c>defaults</c> section.</summary>
    Defaults,

    /// <summary>A module, or one that it extends.</summary>
    Module,

    /// <summary>A target.</summary>
    Target,
}
