using System.Diagnostics;
using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Benchmarks;

/// <summary>
/// What each client costs: as many targets, one probe a second each, to the same libzmq server in a process of its own. Each variant runs in
/// a process of its own too, because all of NetMQ's sockets share a process-wide context and CPU time is counted by process. Rounds take
/// turns, so that a noisy neighbour meets all of them.
/// </summary>
internal static class ClientsBenchmark
{
    public const string VariantArgument = "netmq-variant";

    private const string Poller = "poller";
    private const string PollerWithMonitors = "poller-monitors";
    private const string Zmtp = "zmtp";
    private const string NetMq = "netmq";
    private const string YardStick = "libzmq";

    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(15);
    private static readonly string[] Variants = [YardStick, Zmtp, NetMq, Poller, PollerWithMonitors];

    public static async Task RunAsync(int count, int rounds)
    {
        using var server = new ServerProcess();
        var all = Variants.ToDictionary(variant => variant, _ => new List<ClientFigures>(), StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var variant in Variants)
            {
                all[variant].Add(await RunChildAsync(variant, count, server.Endpoint));
            }
        }

        Print($"{count} targets, 1 probe a second each, {rounds} rounds of {Measured.TotalSeconds:0} s; medians of the rounds");
        Print($"{"client",-16} {"CPU/probe",10} {"round trip",11} {"90 %",10} {"probes/s",9} {"missed",7} {"managed",11} {"resident",11} {"descriptors",12}");
        foreach (var variant in Variants)
        {
            var runs = all[variant];
            Print($"{variant,-16} {Median(runs, f => f.CpuMicroseconds),7:0} µs {Median(runs, f => f.MedianMicroseconds),8:0} µs {Median(runs, f => f.NinetyMicroseconds),7:0} µs {Median(runs, f => f.Answered / Measured.TotalSeconds),9:0} {runs.Sum(f => f.Missed),7} {Median(runs, f => f.ManagedBytes) / 1024,8:0.0} kB {Median(runs, f => f.ResidentBytes) / 1024,8:0.0} kB {Median(runs, f => f.Descriptors),12:0.0}");
        }

        foreach (var variant in Variants.Where(variant => variant is not (YardStick or Poller or PollerWithMonitors)))
        {
            Print($"{variant}: round trip {Ratios(all[variant], all[YardStick], f => f.MedianMicroseconds)} of libzmq's REQ (at most 2)");
            Print($"{variant}: CPU of a probe {Ratios(all[variant], all[Poller], f => f.CpuMicroseconds)} of the NetMQPoller prototype's, {Ratios(all[variant], all[PollerWithMonitors], f => f.CpuMicroseconds)} of that with monitors (at most 0.5)");
        }

        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        Print($"load average {load} on {Environment.ProcessorCount} cores: above that number these figures tell of the neighbours");
        Print($"{Poller}: round trip {Ratios(all[Poller], all[YardStick], f => f.MedianMicroseconds)} of libzmq's REQ");
    }

    /// <summary>What a child does: measures one variant and prints its figures.</summary>
    public static async Task RunVariantAsync(string variant, int count, string endpoint)
    {
        var meter = new ClientMeter(count);
        using var running = await StartAsync(variant, count, endpoint, meter);
        using (var never = new ManualResetEventSlim())
        {
            never.Wait(TimeSpan.FromSeconds(5 + (count / 1000.0)));
        }

        Console.WriteLine(meter.Measure(Measured).ToLine());
    }

    private static async Task<IDisposable> StartAsync(string variant, int count, string endpoint, ClientMeter meter)
    {
        switch (variant)
        {
            case YardStick:
                return new LibzmqVariant(count, endpoint, meter);
            case Poller or PollerWithMonitors:
                return new PollerPrototype(count, endpoint, variant == PollerWithMonitors, meter);
            case Zmtp or NetMq:
                var client = variant == NetMq ? MessagingClient.NetMq : MessagingClient.Zmtp;
                var exporter = new ExporterVariant(client, count, endpoint, meter);
                await exporter.StartAsync();
                return exporter;
            default:
                throw new ArgumentException($"no variant is called {variant}", nameof(variant));
        }
    }

    private static async Task<ClientFigures> RunChildAsync(string variant, int count, string endpoint)
    {
        string[] arguments = [VariantArgument, variant, count.ToString(CultureInfo.InvariantCulture), endpoint];
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var line = await child.StandardOutput.ReadLineAsync();
        child.Kill(); // nothing of it is needed any more, and how it shuts down is not measured
        await child.WaitForExitAsync();
        return ClientFigures.Parse(line ?? throw new InvalidOperationException($"{variant} ended with {child.ExitCode}"));
    }

    private static string Ratios(List<ClientFigures> ours, List<ClientFigures> theirs, Func<ClientFigures, double> figure)
    {
        var ratios = ours.Zip(theirs, (a, b) => figure(a) / figure(b)).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{Median(ratios):0.00} ({string.Join(", ", ratios.Select(ratio => ratio.ToString("0.00", CultureInfo.InvariantCulture)))})");
    }

    private static double Median(List<ClientFigures> runs, Func<ClientFigures, double> figure) => Median([.. runs.Select(figure)]);

    private static double Median(List<double> values) => values.Order().ElementAt((values.Count - 1) / 2);

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
