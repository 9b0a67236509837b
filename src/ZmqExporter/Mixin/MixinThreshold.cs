using System.Collections.Immutable;
using System.Globalization;

namespace ZmqExporter.Mixin;

/// <summary>A place in the rules that has a threshold.</summary>
/// <param name="Rule">The alert or the recorded series.</param>
/// <param name="Before">What stands before the number.</param>
/// <param name="Number">The number that stands there, by the threshold.</param>
internal sealed record ThresholdPlace(string Rule, string Before, Func<decimal, decimal> Number);

/// <summary>A number in the rules that a user may change.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Default">What the files of the repository have.</param>
/// <param name="IsShare">Whether it is above 0 and below 1; the others are above 0.</param>
/// <param name="Places">Where it stands.</param>
internal sealed record MixinThreshold(string Key, decimal Default, bool IsShare, ImmutableArray<ThresholdPlace> Places)
{
    private const string Burn = "ZmqTargetErrorBudgetBurn";
    private const string Many = "ZmqManyTargetsDown";
    private const string Alone = "zmq_target:outage_alone_hung:bool";

    /// <summary>All of them.</summary>
    public static ImmutableArray<MixinThreshold> All { get; } =
    [
        new("mass_outage_servers", 3, IsShare: false, [Place(Many, "zmq_exporter:targets_down:count >="), Place(Alone, "zmq_exporter:targets_missing:count >=")]),
        new(
            "mass_outage_share",
            0.25m,
            IsShare: true,
            [
                Place(Many, "zmq_exporter:targets_down:count / zmq_exporter:targets:count >"),
                new ThresholdPlace(Many, "zmq_exporter:targets_down:count / zmq_exporter:targets:count >", share => share / 2),
                Place(Alone, "zmq_exporter:targets_missing:count / zmq_exporter:targets:count >"),
            ]),
        BurnRate("burn_rate_1h", 14.4m, "zmq_target:stray_misses", "increase1h / zmq_target:stray_misses:budget1h", "increase5m / (zmq_target:stray_misses:budget1h / 12)"),
        BurnRate("burn_rate_6h", 6, "zmq_target:stray_misses", "increase6h / (zmq_target:stray_misses:budget1h * 6)", "increase30m / (zmq_target:stray_misses:budget1h / 2)"),
        BurnRate("burn_rate_1d", 3, "zmq_target:probe_misses", "increase1d / (zmq_target:probe_misses:budget1h * 24)", "increase2h / (zmq_target:probe_misses:budget1h * 2)"),
        BurnRate("burn_rate_3d", 1, "zmq_target:probe_misses", "increase3d / (zmq_target:probe_misses:budget1h * 72)", "increase6h / (zmq_target:probe_misses:budget1h * 6)"),
        new("clock_skew_seconds", 10, IsShare: false, [Place("ZmqExporterClockSkew", "timestamp(zmq_exporter_clock_seconds)) >")]),
        new("local_errors_share", 0.25m, IsShare: true, [Place("ZmqExporterLocalErrors", "(zmq_probes_total) >")]),
        new("lost_targets_share", 0.25m, IsShare: true, [new ThresholdPlace("ZmqTargetsFewer", "zmq_exporter_targets <", share => 1 - share)]),
        new("file_descriptors_share", 0.8m, IsShare: true, [Place("ZmqExporterNearDescriptorLimit", "last_over_time(process_max_fds[5m]) >")]),
        new("unmapped_share", 0.9m, IsShare: true, [Place("ZmqMappingFindsNothing", "count_over_time(zmq_target_consecutive_misses[15m]) >")]),
        new("lost_messages_share", 0.001m, IsShare: true, [Place("ZmqSubscriptionLosingMessages", "increase(zmq_subscription_messages_total[15m])) >")]),
        new("target_restarts", 3, IsShare: false, [new ThresholdPlace("ZmqTargetRestarting", "increase(zmq_target_restarts_total[1h]) >", restarts => restarts - 0.5m)]),
        new("broken_connections", 10, IsShare: false, [Place("ZmqReconnectStorm", "[10m])) >")]),
    ];

    /// <summary>Writes the thresholds into the query of a rule.</summary>
    /// <param name="rule">The alert or the recorded series.</param>
    /// <param name="query">Its query.</param>
    /// <param name="values">The thresholds that are not the default.</param>
    public static string Apply(string rule, string query, IReadOnlyDictionary<string, decimal> values)
    {
        var tokens = PromQlTokenizer.Read(query);
        var changed = new Dictionary<int, string>();
        foreach (var threshold in All)
        {
            if (values.TryGetValue(threshold.Key, out var value))
            {
                foreach (var (index, place) in threshold.Find(rule, tokens))
                {
                    changed[index] = Write(place.Number(value));
                }
            }
        }

        return string.Concat(tokens.Select((token, i) => changed.GetValueOrDefault(i, token.Text)));
    }

    /// <summary>Where in the query of a rule this threshold stands, as indices of its tokens.</summary>
    public IEnumerable<(int Index, ThresholdPlace Place)> Find(string rule, List<PromQlToken> tokens)
    {
        int[] order = [.. Enumerable.Range(0, tokens.Count).Where(i => !tokens[i].IsBlank)];
        string[] words = [.. order.Select(i => tokens[i].Text)];
        foreach (var place in Places.Where(place => place.Rule == rule))
        {
            string[] before = [.. PromQlTokenizer.Read(place.Before).Where(token => !token.IsBlank).Select(token => token.Text)];
            for (var i = before.Length; i < words.Length; i++)
            {
                if (words[i] == Write(place.Number(Default)) && words.AsSpan(i - before.Length, before.Length).SequenceEqual(before))
                {
                    yield return (order[i], place);
                }
            }
        }
    }

    private static string Write(decimal number) => number.ToString("0.############", CultureInfo.InvariantCulture);

    private static ThresholdPlace Place(string rule, string before) => new(rule, before, number => number);

    private static MixinThreshold BurnRate(string key, decimal rate, string series, params string[] windows) =>
        new(key, rate, IsShare: false, [.. windows.Select(window => Place(Burn, $"{series}:{window} >"))]);
}
