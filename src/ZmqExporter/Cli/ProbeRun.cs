using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Cli;

/// <summary>Probes one target after the other, each of them one or more times, and prints all that was seen.</summary>
internal sealed class ProbeRun(ProbeSession session, ImmutableArray<TargetConfig> targets, int count, ProbeReport report)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ProbeSummary _summary = new();

    /// <summary>Probes and prints.</summary>
    /// <param name="cancellation">Ends it early: then the probes tell that have ended by then.</param>
    public async Task<ProbeSummary> RunAsync(CancellationToken cancellation)
    {
        var missing = 0; // of a target that has a result, none is: --count may be cut short
        foreach (var target in targets)
        {
            var before = _summary.Count;
            await ProbeAsync(target, cancellation);
            missing += _summary.Count == before ? 1 : 0;
        }

        _summary.AddMissing(missing, targets.Length);
        report.End(_summary);
        return _summary;
    }

    private async Task ProbeAsync(TargetConfig target, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return;
        }

        report.Begin(target);
        using var probe = session.Create(target);
        for (var i = 0; i < count && await WaitAsync(isFirst: i == 0, cancellation); i++)
        {
            var conversation = await probe.ProbeAsync(cancellation);
            if (cancellation.IsCancellationRequested)
            {
                return; // what it says then means nothing
            }

            _summary.Add(conversation.Result);
            report.Add(conversation);
        }

        report.EndTarget();
    }

    private static async Task<bool> WaitAsync(bool isFirst, CancellationToken cancellation)
    {
        if (!isFirst)
        {
            await Task.Delay(Pause, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !cancellation.IsCancellationRequested;
    }
}
