namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>A test that cannot fail is none: each of these mistakes in a rule must make a promtool test fail.</summary>
public sealed class MutationTests
{
    [Theory]
    [InlineData("targets", "outages", "zmq_target:outage_hung:bool == 0", "zmq_target:outage_hung:bool >= 0")] // down pages for a hung application too
    [InlineData("targets", "outages", "zmq_target:outage_hung:bool == 1", "zmq_target:outage_hung:bool == 2")] // nobody is told of a hung application
    [InlineData("targets", "outages", "state=\"down\"", "state=\"suspect\"")] // pages at the first miss
    [InlineData("targets", "outages", "and on (job, instance, target, module)\n              zmq_target_reachable == 1", "")] // a dead process called hung
    [InlineData("targets", "outages", "up == 0", "up == 2")] // a long outage of the exporter resolves
    [InlineData("targets", "outages", "last_over_time(zmq_target_info[5m])", "last_over_time(zmq_target_info[1h])")] // a removed target goes on
    [InlineData("targets", "outages", "last_over_time(zmq_target_info[5m])", "zmq_target_info")] // a failed scrape forgets
    [InlineData("targets", "outages", "zmq_target_state{state=~\"up|degraded\"} == 1)\n          unless", "zmq_target_state{state=~\"up|degraded\"} == 1)\n          or")]
    [InlineData("targets", "outages", "(\n              zmq_target:outage_hung:bool\n", "(\n              last_over_time(zmq_target:outage_hung:bool[5m])\n")] // one miss after a recovery pages
    [InlineData("targets", "outages", ">= 3\n", ">= 2\n")]
    [InlineData("targets", "outages", "> 0.25", "> 0.2")]
    [InlineData("targets", "outages", "count by (job, instance, target) (zmq_target:outage_hung:bool)", "zmq_target:outage_hung:bool")] // modules counted as servers
    [InlineData("targets", "outages", "severity: critical", "severity: warning")] // a dropped page
    [InlineData("targets", "outages", "max without (state) (zmq_target_state{state=\"down\"} == 1)", "max by (job, instance, target, module) (zmq_target_state{state=\"down\"} == 1)")] // the target's own labels
    [InlineData("exporter", "exporter", "          severity: critical\n", "")] // a dropped label
    [InlineData("targets", "outages", "latest reason:", "reason:")] // an annotation
    [InlineData("targets", "outages", "(sum by (reason) (increase(%s[1m])) > 0) or on () (sum by (reason) (increase(%s[5m]))", "(sum by (reason) (increase(%s[15m])) > 0) or on () (sum by (reason) (increase(%s[5m]))")] // an earlier outage's reason
    [InlineData("targets", "outages", "(increase(%s[1m])) > 0) or on ()", "(increase(%s[1m])) > 0) or")] // the same through the fallback
    [InlineData("targets", "tickets", "for: 1m\n", "for: 0s\n")]
    [InlineData("targets", "tickets", "        for: 15m\n", "")] // a removed for
    [InlineData("targets", "tickets", "        keep_firing_for: 5m\n", "")]
    [InlineData("targets", "tickets", "increase(zmq_probe_misses_total[1h])", "delta(zmq_probe_misses_total[1h])")] // a restart takes misses back
    [InlineData("targets", "tickets", "clamp_min(last_over_time(zmq_target_down_after_misses[5m]), 2) + 0.5", "3.5")] // a constant instead of the policy
    [InlineData("targets", "tickets", "unless on (job, instance, target, module)\n          max_over_time(zmq_target_state{state=\"down\"}[1h]) == 1", "")] // an outage's ticket twice
    [InlineData("targets", "tickets", "auth|mechanism", "auth|mechanism|refused")]
    [InlineData("targets", "tickets", "> 0.5", "> 0")]
    [InlineData("targets", "tickets", "[1d]", "[5m]")] // a restart of the exporter looks like a new target
    [InlineData("targets", "tickets", "disconnected|handshake_failed", "disconnected|closed")] // a connection for each probe looks like a storm
    [InlineData("targets", "tickets", "zmq_target_flapping == 1", "zmq_target_flapping >= 0")]
    [InlineData("targets", "tickets", "last_over_time(zmq_target_state{state=\"unknown\"}[5m])", "zmq_target_state{state=\"unknown\"}")] // a failed scrape begins the wait anew
    [InlineData("targets", "tickets", "unless on (job, instance, target, module)\n          max_over_time(zmq_target_state{state=\"down\"}[10m]) == 1", "")] // an outage's connections
    [InlineData("subscriptions", "subscriptions", "> 2.5", "> 0.5")] // a single loss
    [InlineData("subscriptions", "subscriptions", "reason=\"silent\"", "reason=~\".+\"")]
    [InlineData("subscriptions", "subscriptions", "> 0.001", "> 0")]
    [InlineData("subscriptions", "subscriptions", "        for: 5m\n", "")]
    [InlineData("exporter", "exporter", "up{job=~\".*zmq.?exporter.*\"} == 0", "up == 0")] // other programs' outages
    [InlineData("exporter", "exporter", "clamp_min(5 * zmq_target_interval_seconds, 60)", "clamp_min(0 * zmq_target_interval_seconds, 60)")] // a constant instead of the policy
    [InlineData("exporter", "exporter", "clamp_min(5 * zmq_target_interval_seconds, 60)", "(5 * zmq_target_interval_seconds)")] // clocks that differ
    [InlineData("exporter", "exporter", "clamp_min(5 * zmq_target_interval_seconds, 3600)", "clamp_min(5 * zmq_target_interval_seconds, 60)")] // down_interval
    [InlineData("exporter", "exporter", " or zmq_target_state_change_timestamp_seconds", "")] // never began
    [InlineData("exporter", "exporter", "reason=\"local_error\"", "reason=~\".+\"")]
    [InlineData("exporter", "exporter", "min by (job, instance) (last_over_time", "max by (job, instance) (last_over_time")]
    [InlineData("exporter", "exporter", "> 0.8", "> 0.75")]
    [InlineData("exporter", "exporter", "> 1.5", "> 0.5")]
    [InlineData("exporter", "exporter", "and on (job, instance)\n          last_over_time(zmq_exporter_build_info[5m])", "")]
    [InlineData("slo", "slo", "- 0.5\n            unless", "- 100\n            unless")] // the guard: a single miss burns
    [InlineData("slo", "slo", "vector(0.999)", "vector(0.99)")]
    [InlineData("slo", "slo", "unless on (job, instance, target, module)\n              max_over_time(zmq_target_state{state=\"down\"}[1h]) == 1", "")] // an outage pages twice
    [InlineData("slo", "slo", "* 86400 /", "* 0 /")] // a young Prometheus: its first outage is a ticket
    [InlineData("slo", "slo", "* 259200 /", "* 0 /")]
    [InlineData("probe_endpoint", "probe_endpoint", ">= 3", ">= 1")]
    [InlineData("probe_endpoint", "probe_endpoint", "and on (job, instance) last_over_time({__name__=~\"probe_zmq_.+\"}[3m])", "")] // others' probes
    [InlineData("probe_endpoint", "probe_endpoint", "unless on (job, instance) ALERTS{alertname=\"ZmqProbeUnresponsive\", alertstate=\"firing\"}", "")]
    [InlineData("probe_endpoint", "probe_endpoint", "0.5 * last_over_time(probe_timeout_seconds[5m])", "1")] // a constant instead of the probe's own timeout
    [InlineData("probe_endpoint", "probe_endpoint", "> 3\n", "> 2\n")]
    public async Task TestRules_MutatedRule_Fails(string rules, string tests, string original, string mutation)
    {
        var text = Repository.Read($"alerts/zmq_{rules}.rules.yml");
        Assert.Contains(original, text, StringComparison.Ordinal);

        var result = await TestAsync(rules, tests, text.Replace(original, mutation, StringComparison.Ordinal));

        Assert.True(result.ExitCode == 1, $"no test noticed it: {result.Output}{result.Error}");
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
        var result = await TestAsync(rules, tests, Repository.Read($"alerts/zmq_{rules}.rules.yml"));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    /// <summary>Runs a test file against this one rule file alone, which saves half of the time.</summary>
    private static async Task<CommandResult> TestAsync(string rules, string tests, string text)
    {
        using var directory = new TempDirectory();
        var file = directory.Write($"zmq_{rules}.rules.yml", text);
        var syntax = await Promtool.CheckRulesAsync(file);
        Assert.True(syntax.ExitCode == 0, $"it must fail for what it says: {syntax.Output}{syntax.Error}");
        var parts = Repository.Read($"alerts/tests/{tests}.test.yml").Split("rule_files:\n")[1].Split("evaluation_interval:");
        Assert.Equal(2, parts.Length);
        return await Promtool.TestRulesAsync(directory.Write("tests.yml", $"rule_files: [{Path.GetFileName(file)}]\nevaluation_interval:{parts[1]}"));
    }
}
