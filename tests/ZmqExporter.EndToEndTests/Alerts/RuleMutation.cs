namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>A mistake in a rule, and the promtool case that must notice it.</summary>
/// <param name="Rules">The rule file, without what all of their names share.</param>
/// <param name="Tests">The test file, likewise.</param>
/// <param name="Case">How the name of the case begins.</param>
/// <param name="Original">What the rule file says.</param>
/// <param name="Replacement">What the mistake makes of it.</param>
internal sealed record RuleMutation(string Rules, string Tests, string Case, string Original, string Replacement)
{
    /// <summary>Every mutation.</summary>
    public static IReadOnlyList<RuleMutation> All { get; } =
    [
        new("targets", "outages", "An application that hangs is", "zmq_target:outage_alone_hung:bool == 0", "zmq_target:outage_alone_hung:bool >= 0"), // down pages for a hung application too
        new("targets", "outages", "An application that hangs is", "zmq_target:outage_alone_hung:bool == 1", "zmq_target:outage_alone_hung:bool == 2"), // nobody is notified of a hung application
        new("targets", "outages", "A probe that cannot know", "state=\"down\"", "state=\"suspect\""), // pages at the first miss
        new("targets", "outages", "A probe that cannot know", "and on (job, instance, target, module)\n                      zmq_target_reachable == 1", ""), // a dead process called hung
        new("targets", "outages", "Neither a failed scrape nor", "up == 0", "up == 2"), // a long outage of the exporter resolves
        new("targets", "outages", "An exporter that Prometheus does", "last_over_time(zmq_target_info[5m])", "last_over_time(zmq_target_info[1h])"), // a removed target goes on
        new("targets", "outages", "A target that is taken", "last_over_time(zmq_target_info[5m])", "zmq_target_info"), // a failed scrape forgets
        new("targets", "outages", "One outage has one page", "(zmq_target_state{state=~\"up|degraded\"} == 1 unless on (job, instance, target, module) zmq_target_state{state=\"down\"} == 1)", "(zmq_target_state{state=~\"up|degraded\"} == 2)"), // no outage ends
        new("targets", "outages", "Recovery ends the page", "NaN * max", "0 * max"), // the end of an outage pages
        new("targets", "outages", "A Prometheus that was restarted", "NaN * max without (state) (zmq_target_state{state=~\"up|degraded\"} == 1", "NaN * max without (state) (zmq_target_state{state=~\"up|degraded\"} == 2"), // an outage of before the restart goes on
        new("targets", "outages", "Three of four servers down", "zmq_exporter:targets_down:count >= 3", "zmq_exporter:targets_down:count >= 2"),
        new("targets", "outages", "Three of four servers down", "> 0.25", "> 0.2"),
        new("targets", "outages", "Three of four servers down", "count by (job, instance, target) (\n              zmq_target:outage_hung:bool >= 0 < 2 unless", "(\n              zmq_target:outage_hung:bool >= 0 < 2 unless"), // modules counted as servers
        new("targets", "outages", "The policy of the target", "severity: critical", "severity: warning"), // a dropped page
        new("targets", "outages", "Two misses are silent", "max without (state)", "max by (job, instance, target, module)"), // the target's own labels
        new("exporter", "exporter", "No exporter at all", "          severity: critical\n", ""), // a dropped label
        new("targets", "outages", "An application that hangs is", "latest reason:", "reason:"), // an annotation
        new("targets", "outages", "Without a failing probe", "[1m])) > 0) or on () (sum by (reason) (increase(zmq_probe_failures_total%[1]s[5m]", "[15m])) > 0) or on () (sum by (reason) (increase(zmq_probe_failures_total%[1]s[5m]"), // an earlier outage's reason
        new("targets", "outages", "Without a failing probe", "[1m])) > 0) or on ()", "[1m])) > 0) or"), // the same through the fallback
        new("targets", "outages", "The reason of the last probe", "max by (reason) (zmq_target_failing%[1]s) or on () ", ""), // increase() alone cannot see a first failure
        new("targets", "outages", "The reason of the last probe", "(zmq_target_failing%[1]s) or on ()", "(zmq_target_failing%[1]s) or"), // the most frequent reason instead of the last one
        new("targets", "outages", "The reason of the last probe", " or on () (sum by (reason) (increase(zmq_probe_failures_total%[1]s[15m])) > 0)", ""), // a page that is held forgets its reason
        new("targets", "tickets", "Late without a miss is", "for: 1m\n", "for: 0s\n"),
        new("targets", "tickets", "A target that never answered", "        for: 15m\n", ""), // a removed for
        new("targets", "tickets", "A flapping target makes a", "        keep_firing_for: 5m\n", ""),
        new("targets", "tickets", "Refused credentials make a ticket", "auth|mechanism", "auth|mechanism|refused"),
        new("targets", "tickets", "Refused credentials make a ticket", "> 0.5", "> 0"),
        new("targets", "tickets", "Refused credentials make a ticket", "{reason!=\"local_error\"}", ""), // the exporter's own faults count for the server
        new("targets", "tickets", "Refused credentials make a ticket", "count_over_time(zmq_target_failing{reason=~", "increase(zmq_probe_failures_total{reason=~"), // cannot see a first failure
        new("targets", "tickets", "A target that never answered", "last_over_time(zmq_target:answered:bool[5m])", "zmq_probe_last_success_timestamp_seconds"), // a restart of the exporter looks like a new target
        new("targets", "tickets", "Connections that break again and", "disconnected|handshake_failed", "disconnected|closed"), // a connection for each probe looks like a storm
        new("targets", "tickets", "A flapping target makes a", "zmq_target_flapping == 1", "zmq_target_flapping >= 0"),
        new("targets", "tickets", "A target that stays unknown", "last_over_time(zmq_target_state{state=\"unknown\"}[5m])", "zmq_target_state{state=\"unknown\"}"), // a failed scrape begins the wait again
        new("targets", "tickets", "Connections that break again and", "unless on (job, instance, target, module)\n          max_over_time(zmq_target_state{state=\"down\"}[10m]) == 1", ""), // an outage's connections
        new("targets", "tickets", "A mapping that finds nothing", "> 0.9\n        for: 10m", "> 0.4\n        for: 10m"), // what is there at times
        new("targets", "tickets", "A mapping that finds nothing", "        for: 10m\n", ""), // the first scrape of a new target
        new("targets", "tickets", "A mapping that finds nothing", "count_over_time(zmq_target_consecutive_misses[15m])", "count_over_time(zmq_target_consecutive_misses[1h])"), // a mapping that broke later never
        new("targets", "tickets", "A mapping that finds nothing", "count_over_time(zmq_target_unmapped[15m])", "count_over_time(zmq_target_unmapped[1h])"), // a mended one goes on
        new("targets", "pages", "A mass outage is one page", "unless on (job, instance)\n          last_over_time(ALERTS{alertname=\"ZmqManyTargetsDown\", alertstate=\"firing\"}[1m])", ""), // a page for each of many
        new("targets", "pages", "A mass outage at its threshold", "> 0.125", "> 0.25"),
        new("targets", "pages", "A mass outage at its threshold", "(zmq_exporter:targets:count and on (job, instance) zmq_target:outage_hung:bool >= 0)", "(zmq_exporter:targets:count and on (job, instance) up == 2)"), // ends with the exporter
        new("targets", "pages", "The first of a mass outage", "(zmq_target:outage_hung:bool offset 1m) >= 0", "zmq_target:outage_hung:bool >= 0"), // the first one pages
        new("targets", "pages", "The first of a mass outage", "unless on (job, instance, target, module)\n              (zmq_target:outage_hung:bool offset 1m) >= 0", ""), // it never pages
        new("targets", "pages", "The first of a mass outage", "zmq_target_state{state=\"suspect\"}", "zmq_target_state{state=\"unknown\"}"),
        new("targets", "pages", "Another exporter sees up", "zmq_target_failing{reason=~\"resolve|unreachable|connect_timeout\"}", "zmq_target_failing"), // servers that refuse
        new("targets", "pages", "Another exporter sees up", "unless on (job, instance, target, module)\n          zmq_target:cut_off:bool\n", ""),
        new("targets", "pages", "Another exporter sees up", "(zmq_exporter_targets) > 0.5", "(zmq_exporter_targets) > 0.4"), // half of its probes
        new("targets", "pages", "A target that flaps", "last_over_time(zmq_target_flapping[5m]) == 1)\n            and on (job, instance, target, module)\n              ALERTS{alertname=\"ZmqTargetDown\"", "last_over_time(zmq_target_flapping[5m]) == 2)\n            and on (job, instance, target, module)\n              ALERTS{alertname=\"ZmqTargetDown\""), // a page for each time
        new("targets", "pages", "A target that flaps", "last_over_time(zmq_target_flapping[5m])", "zmq_target_flapping"), // a failed scrape resolves
        new("targets", "pages", "An application that hangs again", "ALERTS{alertname=\"ZmqTargetUnresponsive\", alertstate=\"firing\"}\n          )\n          or", "ALERTS{alertname=\"Nothing\"}\n          )\n          or"), // two kinds of pages
        new("targets", "pages", "A target that never was up", "(zmq_probes_total unless", "(zmq_probes_total == 0 unless"), // a typing error pages
        new("targets", "pages", "A target that never was up", "(zmq_probe_last_success_timestamp_seconds unless", "(zmq_probe_last_success_timestamp_seconds == 1 unless"), // a young Prometheus knows of no success
        new("targets", "pages", "An exporter that restarts without", "time() - 3600", "time() - 60"), // forgets while the list is not there
        new("targets", "pages", "An exporter or a job", "2 * max without (state)", "0 * max without (state)"), // two pages
        new("targets", "pages", "An exporter or a job", "zmq_target_state{state=\"down\"} offset 1m", "zmq_target_state{state=\"up\"} offset 1d"), // a pair of which one alone pages
        new("targets", "pages", "A label that changes", "            unless on (job, instance, target, module)\n              zmq_target_state{state=\"down\"}\n", ""), // both teams
        new("targets", "pages", "Names that need it", "\"%20\" (urlquery $labels.target)", "\"+\" (urlquery $labels.target)"),
        new("targets", "tickets", "A target that stays unknown", "and on (job, instance, target, module)\n          last_over_time(zmq_probes_total[5m]) > 0", ""), // no probe was due
        new("exporter", "exporter", "Probes stand still while up", "60, 600)", "60, 6000)"), // a stall of a daily probe
        new("exporter", "exporter", "A pair of which one", "unless on (target, module, endpoint) zmq_target_info)", "unless on (target, module) zmq_target_info)"), // another server of the same name
        new("exporter", "exporter", "A pair of which one", "unless on (job)\n          ALERTS", "unless on (job, instance)\n          ALERTS"), // a ticket beside the page
        new("exporter", "exporter", "An exporter that Prometheus lost", "max_over_time(zmq_exporter:known:min10m[1h])", "max_over_time(zmq_exporter:known:min10m[5m])"),
        new("exporter", "exporter", "An exporter that is cut off", "reason!~\"resolve|unreachable|connect_timeout\"", "reason!~\"resolve|unreachable|connect_timeout|refused\""),
        new("exporter", "exporter", "An exporter that is cut off", ") > 1\n", ") > 0\n"), // one of one
        new("exporter", "exporter", "An exporter that is cut off", "> 0.5\n          )", "> 0.4\n          )"), // half
        new("exporter", "exporter", "Targets that a reload lost", "0.75 *", "0.8 *"),
        new("exporter", "exporter", "Targets that a reload lost", "changes(zmq_exporter_shards[1h]) > 0", "changes(zmq_exporter_shards[1h]) > 1"), // another number of shards
        new("exporter", "exporter", "Clocks that differ", "abs(zmq_exporter_clock_seconds - timestamp(zmq_exporter_clock_seconds))", "(zmq_exporter_clock_seconds - timestamp(zmq_exporter_clock_seconds))"), // one that is behind
        new("exporter", "exporter", "Targets that an exporter is blind", "> 0.25", "> 0.2"),
        new("exporter", "exporter", "Targets that an exporter is blind", "or\n            zmq_target_failing{reason=\"local_error\"} == 1", ""), // probed once an hour
        new("exporter", "exporter", "A fleet with one target", ", 0.05)", ", 0.0005)"),
        new("exporter", "exporter", "A fleet with one target", ", 0.05)", ", 0.5)"),
        new("subscriptions", "subscriptions", "Losses of one message in", "> 2.5", "> 0.5"), // a single loss
        new("subscriptions", "subscriptions", "A publisher that sends nothing", "reason=\"silent\"", "reason=~\".+\""),
        new("subscriptions", "subscriptions", "A publisher that sends nothing", "count_over_time(zmq_target_failing{reason=\"silent\"}", "increase(zmq_probe_failures_total{reason=\"silent\"}"), // cannot see a first failure
        new("subscriptions", "subscriptions", "Losses of one message in", "> 0.001", "> 0"),
        new("subscriptions", "subscriptions", "Losses of one message in", "        for: 5m\n", ""),
        new("exporter", "exporter", "An exporter that cannot be", "and on (job, instance)\n          zmq_exporter:known:bool\n          unless", "unless"), // other programs' outages
        new("exporter", "exporter", "Probes stand still while up", "clamp(5 * zmq_target_interval_seconds, 60, 600)", "clamp(0 * zmq_target_interval_seconds, 60, 600)"), // a constant instead of the policy
        new("exporter", "exporter", "Probes stand still while up", "clamp(5 * zmq_target_interval_seconds, 60, 600)", "clamp(5 * zmq_target_interval_seconds, 0, 600)"), // a pause of half a minute
        new("exporter", "exporter", "Probes that fail through the", "reason=\"local_error\"", "reason=~\".+\""),
        new("exporter", "exporter", "An exporter that cannot keep", "min by (job, instance) (last_over_time", "max by (job, instance) (last_over_time"),
        new("exporter", "exporter", "Few file descriptors left", "> 0.8", "> 0.75"),
        new("exporter", "exporter", "NetMQ restarts; once is no", "> 1.5", "> 0.5"),
        new("exporter", "exporter", "Few file descriptors left", "and on (job, instance)\n          last_over_time(zmq_exporter_build_info[5m])", ""),
        new("exporter", "exporter", "Nothing to probe", "last_over_time(zmq_exporter_shards[5m]) > 1", "last_over_time(zmq_exporter_shards[5m]) > 0"), // an exporter without targets beside others
        new("exporter", "exporter", "Nothing to probe", "sum by (job, cluster) (last_over_time(zmq_exporter_targets[5m])) > 0", "sum by (job, cluster) (last_over_time(zmq_exporter_targets[5m])) >= 0"), // no shard has a target
        new("discovery", "discovery", "A source that fails", "<= 3 *", "<= 0 *"), // a single failure
        new("discovery", "discovery", "A source that fails", "3 * last_over_time(zmq_exporter_discovery_refresh_interval_seconds[5m])", "180"), // a constant instead of the source's own interval
        new("discovery", "discovery", "A source that fails", "last_over_time(zmq_exporter_discovery_last_refresh_successful[5m]) == 0", "zmq_exporter_discovery_last_refresh_successful == 0"), // a failed scrape forgets
        new("discovery", "discovery", "A source that fails", "        for: 5m\n", ""),
        new("discovery", "discovery", "A list that is old", "5 * zmq_exporter_discovery_refresh_interval_seconds + 300", "600"), // a constant
        new("discovery", "discovery", "A list that is old", "and on (job, instance, source)\n          zmq_exporter_discovery_last_refresh_successful == 1", ""), // a ticket twice
        new("discovery", "discovery", "A list that is old", "        keep_firing_for: 5m\n", ""),
        new("discovery", "discovery", "Two targets of one name", "last_over_time(zmq_exporter_discovery_conflicts[5m])", "zmq_exporter_discovery_conflicts"), // a failed scrape forgets
        new("discovery", "discovery", "A shard that nobody probes", "count_values by (job, cluster)", "count_values by (job, cluster, instance)"), // a pair counted as two shards
        new("discovery", "discovery", "A shard that nobody probes", "by (job, cluster)", "by (job)"), // the shards of another cluster hide it
        new("discovery", "discovery", "A shard that nobody probes", "last_over_time(zmq_exporter_shard[5m])", "zmq_exporter_shard"), // a failed scrape pages
        new("discovery", "discovery", "A shard that nobody probes", "severity: critical", "severity: warning"),
        new("discovery", "discovery", "Another number of shards", "!= min by", "< min by"), // a change that is half done
        new("discovery", "discovery", "Another number of shards", "zmq_exporter_shards[2m]", "zmq_exporter_shards[5m]"), // the shard that was taken away disagrees for too long
        new("slo", "slo_misses", "Misses that recur without an", "clamp_min(zmq_target:stray_misses:down_after, 2) + 0.5", "3.5"), // a constant instead of the policy
        new("slo", "slo_misses", "Misses that recur without an", "            unless on (job, instance, target, module)\n              max_over_time(zmq_target_state{state=\"down\"}[6m]) == 1\n", ""), // an outage's misses count
        new("slo", "slo_misses", "A gray failure after a short", "{state=\"down\"}[6m]", "{state=\"down\"}[1h]"), // an outage mutes what comes after it
        new("slo", "slo_misses", "An outage that no scrape saw", "unless\n              zmq_target:outages:increase5m\n", ""), // an outage that no scrape saw
        new("slo", "slo_misses", "An outage that no scrape saw", "(1 - last_over_time(zmq_target_down_after_misses[5m]))", "(0 - last_over_time(zmq_target_down_after_misses[5m]))"), // one too many taken off
        new("slo", "slo_misses", "An outage that no scrape saw", "and on (job, instance, target, module)\n                  zmq_target:probe_misses:increase5m", "and on (job, instance, target, module)\n                  zmq_target:probe_misses:increase1d"), // a counter that begins
        new("slo", "slo_misses", "Fast probes of a young target", "3600 * rate(zmq_probes_total[30m]) > 3600 / last_over_time(zmq_target_interval_seconds[5m])\n          or\n          3600 / last_over_time(zmq_target_interval_seconds[5m])", "increase(zmq_probes_total[1h]) > 0"), // a young target's first misses
        new("slo", "slo_misses", "Slow probes need as many", "clamp_min(2 * zmq_target:stray_misses:down_after, 4)", "clamp_min(1 * zmq_target:stray_misses:down_after, 4)"), // an outage's misses are enough
        new("slo", "slo_misses", "14.4 times the budget of", "budget1h > 14.4", "budget1h > 14"),
        new("slo", "slo_misses", "14.4 times the budget of", "0.999 + 0 *", "0.9 + 0 *"), // an exporter that does not say
        new("slo", "slo_misses", "Six times the budget of", "(zmq_target:stray_misses:budget1h * 6) > 6", "(zmq_target:stray_misses:budget1h * 6) > 5"),
        new("slo", "slo_misses", "Scrapes that failed for eight", "zmq_probe_misses_total[10m] offset 5m) >= 0", "zmq_probe_misses_total[5m] offset 5m) >= 0"), // a gap hides misses
        new("slo", "slo_misses", "Scrapes that failed for eight", "            unless\n              resets(zmq_probe_misses_total[15m]) > 0\n", ""), // a restart takes misses back
        new("slo", "slo_misses", "Misses within the budget of", "          unless\n          zmq_target:stray_misses:increase1h <= zmq_target:stray_misses:budget1h\n", ""),
        new("slo", "slo", "Scattered misses burn the budget", "clamp_min(2 * zmq_target:stray_misses:down_after, 4)", "4"), // a constant instead of the policy
        new("slo", "slo", "The objective of the target", "last_over_time(zmq_target_objective_ratio[5m])", "0 * last_over_time(zmq_target_objective_ratio[5m]) + 0.999"), // a constant instead of the policy
        new("slo", "slo", "The objective of the target", "last_over_time(zmq_target_objective_ratio[5m])", "zmq_target_objective_ratio{target=\"strict\"} * 0 + 0.99"), // another objective
        new("slo", "slo", "Scattered misses burn the budget", "1 - (\n", "1.01 - (\n"),
        new("slo", "slo", "A young Prometheus makes no", "budget1h * 24)", "budget1h)"), // a young Prometheus: its first outage is a ticket
        new("slo", "slo", "A young Prometheus makes no", "budget1h * 72)", "budget1h)"),
        new("probe_endpoint", "probe_endpoint", "Three probes without a success", ">= 3", ">= 1"),
        new("probe_endpoint", "probe_endpoint", "Three probes without a success", "and on (job, instance) last_over_time({__name__=~\"probe_zmq_.+\"}[3m])", ""), // others' probes
        new("probe_endpoint", "probe_endpoint", "An application that hangs is", "unless on (job, instance) ALERTS{alertname=\"ZmqProbeUnresponsive\", alertstate=\"firing\"}", ""),
        new("probe_endpoint", "probe_endpoint", "Slow by the timeout of", "0.5 * last_over_time(probe_timeout_seconds[5m])", "1"), // a constant instead of the probe's own timeout
        new("probe_endpoint", "probe_endpoint", "An application that hangs is", "> 3\n", "> 2\n"),
    ];
}
