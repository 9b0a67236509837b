using System.Globalization;

namespace ZmqExporter.Configuration;

/// <summary>Settings that a target can override, as a config would have them.</summary>
internal static class SettingText
{
    private const string SameAsInterval = "as interval";

    /// <summary>Their keys, in the order in which they are shown.</summary>
    public static EquatableArray<string> Keys { get; } =
    [
        "interval", "timeout", "client", "max_connection_age",
        "policy.late_after", "policy.degraded_after", "policy.down_after", "policy.up_after", "policy.suspect_interval", "policy.down_interval",
        "policy.flapping.changes", "policy.flapping.window", "policy.objective",
        "buckets",
    ];

    /// <summary>The value of one of them.</summary>
    public static string Of(ModuleConfig module, string key)
    {
        var policy = module.Policy;
        return key switch
        {
            "interval" => Durations.Show(module.Interval),
            "timeout" => Durations.Show(module.Timeout),
            "client" => module.Client.Label(),
            "max_connection_age" => module.MaxConnectionAge == TimeSpan.Zero ? "0" : Durations.Show(module.MaxConnectionAge),
            "policy.late_after" => Durations.Show(policy.LateAfter),
            "policy.degraded_after" => Text(policy.DegradedAfter),
            "policy.down_after" => Text(policy.DownAfter),
            "policy.up_after" => Text(policy.UpAfter),
            "policy.suspect_interval" => policy.SuspectInterval is { } suspect ? Durations.Show(suspect) : SameAsInterval,
            "policy.down_interval" => policy.DownInterval is { } down ? Durations.Show(down) : SameAsInterval,
            "policy.flapping.changes" => Text(policy.FlappingChanges),
            "policy.flapping.window" => Durations.Show(policy.FlappingWindow),
            "policy.objective" => policy.Objective.ToString(CultureInfo.InvariantCulture),
            "buckets" => $"[{string.Join(", ", module.Buckets.Select(bound => bound.ToString(CultureInfo.InvariantCulture)))}]",
            _ => throw new ArgumentOutOfRangeException(nameof(key)),
        };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
