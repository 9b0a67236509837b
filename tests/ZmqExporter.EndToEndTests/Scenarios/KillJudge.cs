using System.Globalization;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>Knows who lives, and holds the exporter and Prometheus to it after each step of a <see cref="KillPlan"/>.</summary>
/// <param name="system">All of them.</param>
internal sealed class KillJudge(KillableSystem system)
{
    private const int DownAfter = 3; // the default

    // The probe that was under way, and one of a scrape that fell between two counters.
    private const int UnderWay = 2;

    private readonly HashSet<string> _dead = new(StringComparer.Ordinal);
    private readonly KillPages _pages = new(system);
    private MetricSamples? _before;

    /// <summary>Notes what is so before a step.</summary>
    public async Task BeginAsync(IReadOnlyList<KillStroke> step)
    {
        _before = IsAlive(KillableSystem.ExporterName) && step.All(stroke => stroke.Process != KillableSystem.ExporterName)
            ? await system.Exporter.ScrapeAsync()
            : null;
        _pages.Begin(step);
        foreach (var stroke in step)
        {
            if (stroke.Act == KillAct.Start)
            {
                _dead.Remove(stroke.Process);
            }
            else
            {
                _dead.Add(stroke.Process);
            }
        }
    }

    /// <summary>Waits until all that live are right, and judges how they came there.</summary>
    public async Task SettleAsync(IReadOnlyList<KillStroke> step)
    {
        await system.WaitUntilReadyAsync(step.Where(stroke => stroke.Act == KillAct.Start).Select(stroke => stroke.Process));
        if (IsAlive(KillableSystem.ExporterName))
        {
            var start = await system.Exporter.ScrapeAsync();
            var settled = await system.Exporter.EventuallyAsync(samples => KillableSystem.All.All(one => IsRight(start, samples, one.Process, one.Target)));
            foreach (var (process, target) in KillableSystem.All)
            {
                Judge(process, target, step.Any(stroke => stroke.Process == process), start, settled);
            }
        }

        if (IsAlive(KillableSystem.PrometheusName))
        {
            await PrometheusAgreesAsync();
        }
    }

    /// <summary>When all live again: every page is resolved, and there was none but for an outage, and no two for the same.</summary>
    public Task FinishAsync() => _pages.FinishAsync();

    private static double Downs(MetricSamples samples, string target) =>
        samples.Value("zmq_target_state_changes_total", ("target", target), ("to", "down")) ?? 0;

    private static double Refused(MetricSamples samples, string target) =>
        samples.Value("zmq_probe_failures_total", ("target", target), ("reason", "refused")) ?? 0;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private bool IsAlive(string process) => !_dead.Contains(process);

    /// <summary>A dead one has to have been refused since then, so that each step sees it.</summary>
    private bool IsRight(MetricSamples start, MetricSamples samples, string process, string target) =>
        IsAlive(process)
            ? TargetView.Of(samples, target) is { State: "up", Reachable: 1, Ready: not 0 }
            : TargetView.Of(samples, target) is { State: "down", Reachable: 0 } && Refused(samples, target) > Refused(start, target);

    private void Judge(string process, string target, bool wasTouched, MetricSamples start, MetricSamples settled)
    {
        var (first, last) = (TargetView.Of(start, target), TargetView.Of(settled, target));
        var missed = last.Missed - first.Missed;
        if (!IsAlive(process))
        {
            var answered = last.Probes - first.Probes - missed;
            Assert.True(answered <= UnderWay, Text($"{answered} probes of {target} did not miss after its server was dead"));
            var others = missed - (Refused(settled, target) - Refused(start, target));
            Assert.True(others <= UnderWay, Text($"{others} probes of {target} were not refused after its server was dead"));
        }
        else if (wasTouched)
        {
            Assert.True(missed <= DownAfter, Text($"{missed} probes of {target} missed after its server was back"));
        }
        else
        {
            // The counter sees what no scrape does. A new exporter began with none.
            var downs = Downs(settled, target) - (_before is null ? 0 : Downs(_before, target));
            Assert.True(downs == 0, Text($"{target} lived and was called down {downs} times"));
        }
    }

    private async Task PrometheusAgreesAsync()
    {
        // What it had kept from before it was killed counts for nothing.
        var now = Text($"{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0:0.000}");
        var isExporterAlive = IsAlive(KillableSystem.ExporterName);
        await system.Prometheus.EventuallyAsync(
            $"up == {(isExporterAlive ? "1" : "0")} and timestamp(up) > {now}", samples => samples.Count == 1);
        if (isExporterAlive)
        {
            var states = KillableSystem.All.Select(one => $"{one.Target} {(IsAlive(one.Process) ? "up" : "down")}").ToHashSet(StringComparer.Ordinal);
            await system.Prometheus.EventuallyAsync(
                $"zmq_target_state == 1 and timestamp(zmq_target_state) > {now}",
                samples => states.SetEquals(samples.Select(sample => $"{sample.Labels["target"]} {sample.Labels["state"]}")));
        }

        await _pages.SettleAsync([.. KillableSystem.All.Where(one => !IsAlive(one.Process)).Select(one => one.Target)], isExporterAlive);
    }
}
