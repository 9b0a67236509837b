using System.Globalization;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Benchmarks;

/// <summary>What the targets of one module with a regular expression hold: with the module's parts shared, and with each target's own.</summary>
internal static class ModuleMemoryBenchmark
{
    private const int Owners = 300; // each with its own parts: 10,000 would not fit

    /// <summary>Prints the bytes a target.</summary>
    public static void Run(int count)
    {
        var text = new StringBuilder("modules: {m: {prober: request, send: ['{token}'], expect: [{matches: '^(ok|busy) [0-9a-f]{1,8} {token}$'}]}}\ntargets:\n");
        for (var i = 0; i < count; i++)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"  - {{name: t{i}, endpoint: 'tcp://127.0.0.1:{1 + (i % 65535)}', modules: [m]}}\n");
        }

        var yaml = text.ToString();
        _ = ConfigLoader.Parse("{}", "", ConfigInputs.System);
        var (loaded, config) = Measure(() => ConfigLoader.Parse(yaml, "", ConfigInputs.System).Config!);
        var (shared, _) = Measure(() => Use([.. config.Targets.Select(target => (RequestProberConfig)target.Module.Prober)]));
        var (own, _) = Measure(() => Use([.. config.Targets.Take(Owners).Select(target => (RequestProberConfig)target.Module.Prober with { })]));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} targets: config {loaded / count} B a target; conditions {shared / count} B a target when shared ({shared / 1024} KiB in all), {own / Owners / 1024} KiB a target of their own"));
        GC.KeepAlive(config);
    }

    private static object Use(RequestProberConfig[] configs)
    {
        var reply = ZmtpMessage.FromText("ok 12ab nothing");
        var parts = configs.Select(config => ModuleParts.PlanOf(config)).ToArray();
        foreach (var plan in parts)
        {
            _ = plan.Steps[0].Check.Judge(reply, new ProbeVariables(ProbeToken.Next(), 1, 0), out _);
        }

        return (configs, parts);
    }

    private static (long Bytes, T Result) Measure<T>(Func<T> make)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers(); // what the last measurement left
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var result = make();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(result);
        return (after - before, result);
    }
}
