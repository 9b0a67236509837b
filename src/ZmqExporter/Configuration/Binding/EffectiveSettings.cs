using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Settings with every layer merged and the built-in defaults below them.</summary>
/// <param name="Interval">Time from one probe to the next one.</param>
/// <param name="Timeout">Hard deadline of a probe.</param>
/// <param name="Client">Which client library.</param>
/// <param name="MaxConnectionAge">After which a kept connection is renewed; zero for never.</param>
/// <param name="Policy">The failure policy.</param>
/// <param name="Buckets">The bounds of the round-trip histogram in seconds; the soft deadline is one of them.</param>
internal sealed record EffectiveSettings(
    TimeSpan Interval, TimeSpan Timeout, MessagingClient Client, TimeSpan MaxConnectionAge, PolicyConfig Policy, EquatableArray<double> Buckets)
{
    /// <value>Default 15 s.</value>
    internal static TimeSpan DefaultInterval { get; } = TimeSpan.FromSeconds(15);

    /// <value>Default 2 s.</value>
    internal static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Fills in what no layer sets.</summary>
    /// <param name="layer">Every layer, merged.</param>
    /// <param name="metrics">Has the buckets of a target that names none.</param>
    public static EffectiveSettings Of(SettingsLayer layer, MetricsConfig metrics)
    {
        var timeout = layer.Timeout?.Value ?? DefaultTimeout;
        var policy = PolicyOf(layer.Policy, timeout);
        var buckets = layer.Buckets is { IsValid: true } own ? own.Value : metrics.Buckets.Items;
        return new EffectiveSettings(
            layer.Interval?.Value ?? DefaultInterval,
            timeout,
            layer.Client?.Value ?? MessagingClient.Zmtp,
            layer.MaxConnectionAge?.Value ?? ModuleConfig.DefaultMaxConnectionAge,
            policy,
            RoundTripBuckets.WithLateAfter(buckets, policy.LateAfter));
    }

    /// <summary>Reports settings that contradict each other.</summary>
    /// <param name="layer">Every layer, merged.</param>
    /// <param name="errors">Where errors go: the config that a setting stands in may have been loaded long ago.</param>
    public static void Check(SettingsLayer layer, ConfigErrors errors)
    {
        const string Overlap = "probes of one target would overlap";
        var timeout = new DurationLimit("timeout", layer.Timeout, DefaultTimeout);
        timeout.CheckAtMost(new DurationLimit("interval", layer.Interval, DefaultInterval), Overlap, errors);
        if (layer.Policy.SuspectInterval is { } suspect)
        {
            timeout.CheckAtMost(new DurationLimit("suspect_interval", suspect, suspect.Value), Overlap, errors);
        }

        if (layer.Policy.DownInterval is { } down)
        {
            timeout.CheckAtMost(new DurationLimit("down_interval", down, down.Value), Overlap, errors);
        }

        if (layer.Policy.LateAfter is { } late)
        {
            new DurationLimit("late_after", late, late.Value).CheckBelow(timeout, "no answer could ever be late", errors);
        }
    }

    private static PolicyConfig PolicyOf(PolicyLayer layer, TimeSpan timeout)
    {
        var defaults = new PolicyConfig();

        // Half of a short timeout: the default soft deadline must stay before the hard one.
        var lateAfter = defaults.LateAfter < timeout / 2 ? defaults.LateAfter : timeout / 2;
        return new PolicyConfig
        {
            LateAfter = layer.LateAfter?.Value ?? lateAfter,
            DegradedAfter = layer.DegradedAfter?.Value ?? defaults.DegradedAfter,
            DownAfter = layer.DownAfter?.Value ?? defaults.DownAfter,
            UpAfter = layer.UpAfter?.Value ?? defaults.UpAfter,
            SuspectInterval = layer.SuspectInterval?.Value,
            DownInterval = layer.DownInterval?.Value,
            FlappingChanges = layer.FlappingChanges?.Value ?? defaults.FlappingChanges,
            FlappingWindow = layer.FlappingWindow?.Value ?? defaults.FlappingWindow,
            Objective = layer.Objective?.Value ?? defaults.Objective,
        };
    }
}
