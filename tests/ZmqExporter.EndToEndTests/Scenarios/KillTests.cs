using System.Globalization;
using System.Text;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>
/// The exporter, its servers and Prometheus are killed (SIGKILL) and started again in any order, also while they start. After each step all
/// that live say what is true, servers that live are never called down, and an outage has one page. Counts probes and misses, never time.
/// </summary>
public sealed class KillTests
{
    /// <summary>Set this to the seed of a run that failed, to have its steps again.</summary>
    private const string SeedVariable = "ZMQ_EXPORTER_KILL_SEED";

    private const int Steps = 8;

    [Fact]
    public async Task Serve_AnythingIsKilledAndStartedInAnyOrder_IsRightAgainWithinDownAfterProbes()
    {
        var seed = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        await using var system = await KillableSystem.StartAsync();
        var plan = new KillPlan(seed, system.Names, Steps);
        var judge = new KillJudge(system);
        var done = new StringBuilder();
        try
        {
            await judge.SettleAsync([]);
            for (var i = 0; i < Steps; i++)
            {
                done.Append(CultureInfo.InvariantCulture, $"step {i + 1}\n");
                await judge.BeginAsync(plan.Steps[i]);
                foreach (var stroke in plan.Steps[i])
                {
                    await system.DoAsync(stroke);
                }

                await judge.SettleAsync(plan.Steps[i]);
            }

            await judge.FinishAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException(
                $"{SeedVariable}={seed} repeats it. The plan was {plan}\nIt failed after {done}: {e.Message}\n{system.Pager}\n"
                + $"the exporter's log:\n{string.Join('\n', system.Exporter.LogLines)}",
                e);
        }
    }
}
