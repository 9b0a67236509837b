using System.Globalization;
using System.Text;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>
/// The exporter, its servers and Prometheus are killed (SIGKILL) and started again in any order, also while they start. After each step all
/// that live say what is true, servers that live are never called down, and an outage has one page. Counts probes and misses, never time.
/// </summary>
[WaitsLong]
public sealed class KillTests
{
    /// <summary>Set this to the seed of a run that failed, to have its steps again.</summary>
    private const string SeedVariable = "ZMQ_EXPORTER_KILL_SEED";

    private const int RandomSteps = 7;

    /// <summary>Always: a server comes back while Prometheus is dead, which then knows of the outage and not of its end.</summary>
    private static readonly IReadOnlyList<IReadOnlyList<KillStroke>> MissedRecovery =
    [
        [new("ipc", KillAct.Kill)],
        [new(KillableSystem.PrometheusName, KillAct.Kill), new("ipc", KillAct.Start)],
        [new(KillableSystem.PrometheusName, KillAct.Start)],
        [new(KillableSystem.ExporterName, KillAct.Kill), new(KillableSystem.ExporterName, KillAct.Start)],
    ];

    [Fact]
    public async Task Serve_AnythingIsKilledAndStartedInAnyOrder_IsRightAgainWithinDownAfterProbes()
    {
        var seed = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        await using var system = await KillableSystem.StartAsync();
        var plan = new KillPlan(seed, system.Names, RandomSteps);
        IReadOnlyList<IReadOnlyList<KillStroke>> steps = [.. MissedRecovery, .. plan.Steps];
        var judge = new KillJudge(system);
        var done = new StringBuilder();
        try
        {
            await judge.SettleAsync([]);
            foreach (var step in steps)
            {
                done.Append(CultureInfo.InvariantCulture, $"{string.Join(", ", step)}\n");
                await judge.BeginAsync(step);
                foreach (var stroke in step)
                {
                    await system.DoAsync(stroke);
                }

                await judge.SettleAsync(step);
            }

            await judge.FinishAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException(
                $"{SeedVariable}={seed} repeats it. It failed at the end of\n{done}{e.Message}\nthe pages:\n{system.Pager}\n"
                + $"the exporter's log:\n{string.Join('\n', system.Exporter.LogLines)}",
                e);
        }
    }
}
