using System.Text.Json.Serialization;
using ZmqExporter.Configuration;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Cli;

/// <summary>What <c>check-config --json</c> prints: its members in the order in which they are written, in snake_case.</summary>
internal sealed record ConfigCheckJson
{
    public required string File { get; init; }

    public required bool Ok { get; init; }

    public required IReadOnlyList<ConfigErrorJson> Errors { get; init; }

    public required IReadOnlyList<ConfigErrorJson> Warnings { get; init; }

    /// <summary>How many there are; null after an error.</summary>
    public required int? Modules { get; init; }

    public required int? Targets { get; init; }

    /// <summary>The settings of each target with each module; absent without <c>--show</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<EffectiveTargetJson>? Effective { get; init; }

    /// <summary>The object of a check.</summary>
    /// <param name="check">The check.</param>
    /// <param name="shows">Whether it has the settings.</param>
    public static ConfigCheckJson Of(ConfigCheck check, bool shows)
    {
        var isGood = check.Errors.IsEmpty;
        return new ConfigCheckJson
        {
            File = check.File,
            Ok = isGood,
            Errors = [.. check.Errors.Select(ConfigErrorJson.Of)],
            Warnings = [.. check.Warnings.Select(ConfigErrorJson.Of)],
            Modules = isGood ? check.Config!.Modules.Count : null,
            Targets = isGood ? check.TargetCount : null,
            Effective = !shows ? null : [.. check.Targets.Select(target => EffectiveTargetJson.Of(target, check.SettingsOf(target)))],
        };
    }

    /// <summary>The object on one line.</summary>
    public string ToLine() => OneLineJson.Of(this, ConfigCheckJsonContext.Default.ConfigCheckJson);
}

/// <summary>An error or a warning.</summary>
internal sealed record ConfigErrorJson(string File, int? Line, int? Column, string Path, string Message, string Remedy)
{
    public static ConfigErrorJson Of(ConfigError error) =>
        new(error.File, error.Line == 0 ? null : error.Line, error.Column == 0 ? null : error.Column, error.Path, error.Message, error.Remedy);
}

/// <summary>A target with a module.</summary>
internal sealed record EffectiveTargetJson(string Target, string Module, IReadOnlyList<EffectiveSettingJson> Settings)
{
    public static EffectiveTargetJson Of(TargetConfig target, EquatableArray<EffectiveSetting> settings) =>
        new(target.Name, target.Module.Name, [.. settings.Select(EffectiveSettingJson.Of)]);
}

/// <summary>A setting and where it comes from.</summary>
/// <param name="Key">Its path.</param>
/// <param name="Value">What it is, as the configuration would have it.</param>
/// <param name="From">The layer: built_in, metrics, defaults, module, target or target_list.</param>
/// <param name="Module">The module, when it is one.</param>
/// <param name="File">The file in which it stands, or null.</param>
/// <param name="Line">The line.</param>
internal sealed record EffectiveSettingJson(string Key, string Value, string From, string? Module, string? File, int? Line)
{
    public static EffectiveSettingJson Of(EffectiveSetting setting) => new(
        setting.Key,
        setting.Value,
        EnumLabels<SettingLayer>.All[(int)setting.Origin.Layer],
        setting.Origin.Module,
        setting.Origin.Place?.File,
        setting.Origin.Place?.Line);
}

/// <summary>The serializer of <see cref="ConfigCheckJson"/>, made at build time: nothing is found by reflection.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConfigCheckJson))]
internal sealed partial class ConfigCheckJsonContext : JsonSerializerContext;
