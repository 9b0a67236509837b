using System.Globalization;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>Knows which pages are open, and holds Prometheus and the pager to it.</summary>
/// <param name="system">All processes.</param>
internal sealed class KillPages(KillableSystem system)
{
    // What is still down when an outage of many ends pages a minute later.
    private static readonly TimeSpan Patience = 3 * Eventually.Deadline;

    private readonly Dictionary<string, int> _outages = new(StringComparer.Ordinal); // by target
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal); // since the open pages were known
    private HashSet<string> _open = new(StringComparer.Ordinal); // targets
    private DateTimeOffset _begun = TimeProvider.System.GetUtcNow();

    /// <summary>Notes what a step is about to do.</summary>
    public void Begin(IReadOnlyList<KillStroke> step)
    {
        _begun = TimeProvider.System.GetUtcNow();
        foreach (var stroke in step)
        {
            foreach (var target in KillableSystem.Targets.GetValueOrDefault(stroke.Process, []))
            {
                _touched.Add(target);
                if (stroke.Act is KillAct.Kill or KillAct.KillWhenReady or KillAct.KillAtFirstLine)
                {
                    // One that was killed as soon as it listened may have answered before: then this is another outage.
                    _outages[target] = _outages.GetValueOrDefault(target) + 1;
                }
            }
        }
    }

    /// <summary>Waits until the rules have the right pages, and judges those that they had meanwhile.</summary>
    /// <param name="dead">The targets of dead servers.</param>
    /// <param name="areKnown">
    /// Whether the exporter says so. If not, open pages stay open and none is opened, but for what Prometheus may have seen before.
    /// </param>
    public async Task SettleAsync(HashSet<string> dead, bool areKnown)
    {
        var now = TimeProvider.System.GetUtcNow();
        HashSet<string>? firing = null;
        var isMass = false;
        await Eventually.GetAsync(
            async () =>
            {
                var alerts = await system.Prometheus.FiringAsync("zmq_targets", now);
                isMass = alerts?.Any(labels => labels["alertname"] == "ZmqManyTargetsDown") == true;
                firing = alerts is null ? null : [.. alerts.Where(IsPageOfTarget).Select(labels => $"{labels["alertname"]} {labels["target"]}")];
                return firing is not null && IsRight(firing, dead, areKnown, isMass) ? firing : null;
            },
            Patience,
            () => $"pages are open for {Text(firing)}, and should be for {Text(areKnown ? dead : _open)}"
                + (areKnown ? "" : $" and perhaps for {Text(_touched)}"));

        var seconds = (int)(TimeProvider.System.GetUtcNow() - _begun).TotalSeconds + 1;
        var meanwhile = await system.Prometheus.QueryAsync(
            string.Create(CultureInfo.InvariantCulture, $"count_over_time(ALERTS{{alertstate=\"firing\", severity=\"critical\", target!=\"\"}}[{seconds}s])"));
        Assert.DoesNotContain(
            meanwhile.Select(sample => sample.Labels["target"]), target => !_touched.Contains(target) && !_open.Contains(target) && !dead.Contains(target));

        _open = [.. firing!.Select(page => page.Split(' ')[1])];
        if (areKnown)
        {
            _touched.Clear();
        }
    }

    /// <summary>When all live again: every page is resolved, and there was none but for an outage, and no two for the same.</summary>
    public async Task FinishAsync()
    {
        await Eventually.GetAsync(
            () => Task.FromResult(Sent().Values.All(statuses => statuses[^1] == "resolved") ? this : null), Patience, () => "a page stays open");
        Assert.NotEmpty(Sent());
        foreach (var ((alert, target), statuses) in Sent())
        {
            Assert.Equal("ZmqTargetDown", alert); // their processes were dead, and never hung
            var pages = statuses.Count(status => status == "firing");
            Assert.True(pages <= _outages.GetValueOrDefault(target), $"{target} had {statuses.Count} pages and {_outages.GetValueOrDefault(target)} outages");
        }
    }

    private static bool IsPageOfTarget(IReadOnlyDictionary<string, string> labels) =>
        labels.ContainsKey("target") && labels.GetValueOrDefault("severity") == "critical";

    private static string Page(string target) => $"ZmqTargetDown {target}";

    private static string Text(IEnumerable<string>? names) => names is null ? "(no evaluation)" : $"[{string.Join(", ", names.Order(StringComparer.Ordinal))}]";

    private bool IsRight(HashSet<string> firing, HashSet<string> dead, bool areKnown, bool isMass)
    {
        if (areKnown)
        {
            return isMass ? dead.Count >= 3 && firing.IsSubsetOf(dead.Select(Page)) : firing.SetEquals(dead.Select(Page)); // one page for many stands for theirs
        }

        var certain = firing.Where(page => !_touched.Contains(page.Split(' ')[1]));
        return certain.ToHashSet(StringComparer.Ordinal).SetEquals(_open.Where(target => !_touched.Contains(target)).Select(Page));
    }

    /// <summary>What was sent of each alert of a target, one after the other, repetitions left out.</summary>
    private Dictionary<(string Alert, string Target), List<string>> Sent()
    {
        var sent = new Dictionary<(string Alert, string Target), List<string>>();
        foreach (var alert in system.Pager.Of("page").SelectMany(notification => notification.Alerts).Where(alert => IsPageOfTarget(alert.Labels)))
        {
            var key = (alert.Labels["alertname"], alert.Labels["target"]);
            if (!sent.TryGetValue(key, out var statuses))
            {
                sent.Add(key, statuses = []);
            }

            if (statuses.Count == 0 || statuses[^1] != alert.Status)
            {
                statuses.Add(alert.Status);
            }
        }

        return sent;
    }
}
