namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>A test that cannot fail is none: each of these mistakes in a rule must make the promtool case fail that is there to catch it.</summary>
public sealed class MutationTests
{
    private const string Case = "\n  - name: ";

    [Theory]
    [InlineData("targets", "outages", "An application that hangs is", "zmq_target:outage_hung:bool == 0", "zmq_target:outage_hung:bool >= 0")] // down pages for a hung application too
    [InlineData("targets", "outages", "An application that hangs is", "zmq_target:outage_hung:bool == 1", "zmq_target:outage_hung:bool == 2")] // nobody is notified of a hung application
    [InlineData("targets", "outages", "A probe that cannot know", "state=\"down\"", "state=\"suspect\"")] // pages at the first miss
    [InlineData("targets", "outages", "A probe that cannot know", "and on (job, instance, target, module)\n              zmq_target_reachable == 1", "")] // a dead process called hung
    [InlineData("targets", "outages", "Neither a failed scrape nor", "up == 0", "up == 2")] // a long outage of the exporter resolves
    [InlineData("targets", "outages", "An exporter that Prometheus does", "last_over_time(zmq_target_info[5m])", "last_over_time(zmq_target_info[1h])")] // a removed target goes on
    [InlineData("targets", "outages", "A target that is taken", "last_over_time(zmq_target_info[5m])", "zmq_target_info")] // a failed scrape forgets
    [InlineData("targets", "outages", "One outage has one page", "zmq_target_state{state=~\"up|degraded\"})\n            unless", "zmq_target_state{state=~\"up|degraded\"})\n            or")]
    [InlineData("targets", "outages", "Recovery ends the page", "NaN * (zmq_target:answers:bool == 1)", "0 * (zmq_target:answers:bool == 1)")] // the end of an outage pages
    [InlineData("targets", "outages", "A Prometheus that was restarted", "NaN * (zmq_target:answers:bool == 1)", "NaN * (zmq_target:answers:bool == 2)")] // an outage of before the restart goes on
    [InlineData("targets", "outages", "A Prometheus that was restarted", "zmq_target:answers:bool == 1\n            and on (job, instance, target, module)", "zmq_target:answers:bool\n            and on (job, instance, target, module)")] // answers of before the restart end an outage
    [InlineData("targets", "outages", "One outage has one page", ">= 3\n", ">= 2\n")]
    [InlineData("targets", "outages", "Three of four servers down", "> 0.25", "> 0.2")]
    [InlineData("targets", "outages", "Three of four servers down", "count by (job, instance, target) (zmq_target:outage_hung:bool >= 0)", "(zmq_target:outage_hung:bool >= 0)")] // modules counted as servers
    [InlineData("targets", "outages", "The policy of the target", "severity: critical", "severity: warning")] // a dropped page
    [InlineData("targets", "outages", "Two misses are silent", "max without (state) (zmq_target_state{state=\"down\"} == 1)", "max by (job, instance, target, module) (zmq_target_state{state=\"down\"} == 1)")] // the target's own labels
    [InlineData("exporter", "exporter", "No exporter at all", "          severity: critical\n", "")] // a dropped label
    [InlineData("targets", "outages", "An application that hangs is", "latest reason:", "reason:")] // an annotation
    [InlineData("targets", "outages", "Without a failing probe", "[1m])) > 0) or on () (sum by (reason) (increase(zmq_probe_failures_total%[1]s[5m]", "[15m])) > 0) or on () (sum by (reason) (increase(zmq_probe_failures_total%[1]s[5m]")] // an earlier outage's reason
    [InlineData("targets", "outages", "Without a failing probe", "[1m])) > 0) or on ()", "[1m])) > 0) or")] // the same through the fallback
    [InlineData("targets", "outages", "The reason of the last probe", "max by (reason) (zmq_target_failing%[1]s) or on () ", "")] // increase() alone cannot see a first failure
    [InlineData("targets", "outages", "The reason of the last probe", "(zmq_target_failing%[1]s) or on ()", "(zmq_target_failing%[1]s) or")] // the most frequent reason instead of the last one
    [InlineData("targets", "outages", "The reason of the last probe", " or on () (sum by (reason) (increase(zmq_probe_failures_total%[1]s[15m])) > 0)", "")] // a page that is held forgets its reason
    [InlineData("targets", "tickets", "Late without a miss is", "for: 1m\n", "for: 0s\n")]
    [InlineData("targets", "tickets", "Late without a miss is", "        for: 15m\n", "")] // a removed for
    [InlineData("targets", "tickets", "A flapping target makes a", "        keep_firing_for: 5m\n", "")]
    [InlineData("targets", "tickets", "Misses that recur without an", "increase(zmq_probe_misses_total[1h])", "delta(zmq_probe_misses_total[1h])")] // a restart takes misses back
    [InlineData("targets", "tickets", "Misses that recur without an", "clamp_min(last_over_time(zmq_target_down_after_misses[5m]), 2) + 0.5", "3.5")] // a constant instead of the policy
    [InlineData("targets", "tickets", "Misses that recur without an", "unless on (job, instance, target, module)\n          max_over_time(zmq_target_state{state=\"down\"}[1h]) == 1", "")] // an outage's ticket twice
    [InlineData("targets", "tickets", "Refused credentials make a ticket", "auth|mechanism", "auth|mechanism|refused")]
    [InlineData("targets", "tickets", "Refused credentials make a ticket", "> 0.5", "> 0")]
    [InlineData("targets", "tickets", "Refused credentials make a ticket", "{reason!=\"local_error\"}", "")] // the exporter's own faults count for the server
    [InlineData("targets", "tickets", "Refused credentials make a ticket", "count_over_time(zmq_target_failing{reason=~", "increase(zmq_probe_failures_total{reason=~")] // cannot see a first failure
    [InlineData("targets", "tickets", "A target that never answered", "[1d]", "[5m]")] // a restart of the exporter looks like a new target
    [InlineData("targets", "tickets", "Connections that break again and", "disconnected|handshake_failed", "disconnected|closed")] // a connection for each probe looks like a storm
    [InlineData("targets", "tickets", "A flapping target makes a", "zmq_target_flapping == 1", "zmq_target_flapping >= 0")]
    [InlineData("targets", "tickets", "A target that stays unknown", "last_over_time(zmq_target_state{state=\"unknown\"}[5m])", "zmq_target_state{state=\"unknown\"}")] // a failed scrape begins the wait again
    [InlineData("targets", "tickets", "Connections that break again and", "unless on (job, instance, target, module)\n          max_over_time(zmq_target_state{state=\"down\"}[10m]) == 1", "")] // an outage's connections
    [InlineData("subscriptions", "subscriptions", "Losses of one message in", "> 2.5", "> 0.5")] // a single loss
    [InlineData("subscriptions", "subscriptions", "A publisher that sends nothing", "reason=\"silent\"", "reason=~\".+\"")]
    [InlineData("subscriptions", "subscriptions", "A publisher that sends nothing", "count_over_time(zmq_target_failing{reason=\"silent\"}", "increase(zmq_probe_failures_total{reason=\"silent\"}")] // cannot see a first failure
    [InlineData("subscriptions", "subscriptions", "Losses of one message in", "> 0.001", "> 0")]
    [InlineData("subscriptions", "subscriptions", "Losses of one message in", "        for: 5m\n", "")]
    [InlineData("exporter", "exporter", "An exporter that cannot be", "up{job=~\".*zmq.?exporter.*\"} == 0", "up == 0")] // other programs' outages
    [InlineData("exporter", "exporter", "Probes stand still while up", "clamp_min(5 * zmq_target_interval_seconds, 60)", "clamp_min(0 * zmq_target_interval_seconds, 60)")] // a constant instead of the policy
    [InlineData("exporter", "exporter", "Probes stand still while up", "clamp_min(5 * zmq_target_interval_seconds, 60)", "(5 * zmq_target_interval_seconds)")] // a pause of half a minute
    [InlineData("exporter", "exporter", "Probes that fail through the", "reason=\"local_error\"", "reason=~\".+\"")]
    [InlineData("exporter", "exporter", "An exporter that cannot keep", "min by (job, instance) (last_over_time", "max by (job, instance) (last_over_time")]
    [InlineData("exporter", "exporter", "Few file descriptors left", "> 0.8", "> 0.75")]
    [InlineData("exporter", "exporter", "NetMQ restarts; once is no", "> 1.5", "> 0.5")]
    [InlineData("exporter", "exporter", "Few file descriptors left", "and on (job, instance)\n          last_over_time(zmq_exporter_build_info[5m])", "")]
    [InlineData("slo", "slo", "Scattered misses burn the budget", "- 0.5\n            unless", "- 100\n            unless")] // the guard: a single miss burns
    [InlineData("slo", "slo", "The objective of the target", "last_over_time(zmq_target_objective_ratio[5m])", "0.999")] // a constant instead of the policy
    [InlineData("slo", "slo", "The objective of the target", "last_over_time(zmq_target_objective_ratio[5m])", "zmq_target_objective_ratio")] // a failed scrape forgets
    [InlineData("slo", "slo", "Scattered misses burn the budget", "expr: 1 - last_over", "expr: 1.01 - last_over")]
    [InlineData("slo", "slo", "A young Prometheus makes no", "unless on (job, instance, target, module)\n              max_over_time(zmq_target_state{state=\"down\"}[1h]) == 1", "")] // an outage pages twice
    [InlineData("slo", "slo", "A young Prometheus makes no", "* 86400 /", "* 0 /")] // a young Prometheus: its first outage is a ticket
    [InlineData("slo", "slo", "A young Prometheus makes no", "* 259200 /", "* 0 /")]
    [InlineData("probe_endpoint", "probe_endpoint", "Three probes without a success", ">= 3", ">= 1")]
    [InlineData("probe_endpoint", "probe_endpoint", "Three probes without a success", "and on (job, instance) last_over_time({__name__=~\"probe_zmq_.+\"}[3m])", "")] // others' probes
    [InlineData("probe_endpoint", "probe_endpoint", "An application that hangs is", "unless on (job, instance) ALERTS{alertname=\"ZmqProbeUnresponsive\", alertstate=\"firing\"}", "")]
    [InlineData("probe_endpoint", "probe_endpoint", "Slow by the timeout of", "0.5 * last_over_time(probe_timeout_seconds[5m])", "1")] // a constant instead of the probe's own timeout
    [InlineData("probe_endpoint", "probe_endpoint", "An application that hangs is", "> 3\n", "> 2\n")]
    public async Task TestRules_MutatedRule_FailsInItsCase(string rules, string tests, string name, string original, string mutation)
    {
        var text = Repository.Read($"alerts/zmq_{rules}.rules.yml");
        Assert.Contains(original, text, StringComparison.Ordinal);

        var result = await TestAsync(rules, tests, name, text.Replace(original, mutation, StringComparison.Ordinal));

        // A rule that is no rule any more would fail too, but without anything that was expected.
        Assert.True(result.ExitCode == 1, $"the case did not notice it: {result.Output}{result.Error}");
        Assert.Matches("(?m)^ +exp:", result.Output + result.Error);
    }

    [Theory]
    [InlineData("targets", "outages")]
    [InlineData("targets", "tickets")]
    [InlineData("subscriptions", "subscriptions")]
    [InlineData("exporter", "exporter")]
    [InlineData("slo", "slo")]
    [InlineData("probe_endpoint", "probe_endpoint")]
    public async Task TestRules_UnchangedRule_Passes(string rules, string tests)
    {
        var result = await TestAsync(rules, tests, "", Repository.Read($"alerts/zmq_{rules}.rules.yml"));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    /// <summary>Runs cases of a test file against this one rule file alone: all cases of all files for each mutation take minutes.</summary>
    /// <param name="rules">The rule file, without what all of their names share.</param>
    /// <param name="tests">The test file, likewise.</param>
    /// <param name="name">How the name of the one case begins; empty for all of them.</param>
    /// <param name="text">The text of the rule file.</param>
    private static async Task<CommandResult> TestAsync(string rules, string tests, string name, string text)
    {
        var parts = Repository.Read($"alerts/tests/{tests}.test.yml").Split("rule_files:\n")[1].Split("evaluation_interval:");
        Assert.Equal(2, parts.Length);
        var cases = parts[1].Split(Case);
        var chosen = cases.Skip(1).Where(one => one.StartsWith(name, StringComparison.Ordinal)).ToList();
        Assert.True(name.Length == 0 ? chosen.Count > 1 : chosen.Count == 1, $"{chosen.Count} cases begin with \"{name}\"");

        using var directory = new TempDirectory();
        var file = directory.Write($"zmq_{rules}.rules.yml", text);
        var test = directory.Write(
            "tests.yml", $"rule_files: [{Path.GetFileName(file)}]\nevaluation_interval:{cases[0]}{string.Concat(chosen.Select(one => $"{Case}{one}"))}");
        return await Promtool.TestRulesAsync(test);
    }
}
