using System.Globalization;
using ZmqExporter.Benchmarks;
using ZmqExporter.Benchmarks.Feeds;
using ZmqExporter.Benchmarks.Reloads;
using ZmqExporter.Benchmarks.Rules;
using ZmqExporter.Benchmarks.Soak;
using ZmqExporter.Configuration;

switch (args)
{
    case ["roundtrip"]:
        await RoundTripBenchmark.RunAsync();
        return 0;
    case ["scale", var count, .. { Length: <= 1 } detail]:
        await ScaleBenchmark.RunAsync(
            int.Parse(count, CultureInfo.InvariantCulture), detail is [var name] ? Enum.Parse<MetricsDetail>(name, ignoreCase: true) : MetricsDetail.Standard);
        return 0;
    case ["flood", .. { Length: <= 2 } flood]:
        await FloodBenchmark.RunAsync(Number(flood, 0, 200_000), flood is [_, "netmq"] ? MessagingClient.NetMq : MessagingClient.Zmtp);
        return 0;
    case [FloodPublisher.Argument, var rate, var seconds]:
        FloodPublisher.Run(int.Parse(rate, CultureInfo.InvariantCulture), int.Parse(seconds, CultureInfo.InvariantCulture));
        return 0;
    case ["feed", .. { Length: <= 3 } feed]:
        return await FeedBenchmark.RunAsync(Number(feed, 0, 15), Number(feed, 1, 100_000), feed is [_, _, var named] ? named : null);
    case [FeedPublisher.Argument, var form, var rate, var seconds]:
        FeedPublisher.Run(form, int.Parse(rate, CultureInfo.InvariantCulture), int.Parse(seconds, CultureInfo.InvariantCulture));
        return 0;
    case ["storm", var targets, .. { Length: <= 3 } storm]:
        await StormBenchmark.RunAsync(
            int.Parse(targets, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(Number(storm, 0, 5)), storm is [_, "one", ..], storm is [_, _, var kind] ? kind : "all");
        return 0;
    case [StormServer.Argument]:
        StormServer.Run();
        return 0;
    case ["metrics"]:
        await MetricsBenchmarks.Run();
        return 0;
    case ["scrapes", .. { Length: <= 1 } scrapes]:
        await ScrapeBenchmark.RunAsync(Number(scrapes, 0, 10_000));
        return 0;
    case ["modules", .. { Length: <= 1 } modules]:
        ModuleMemoryBenchmark.Run(Number(modules, 0, 10_000));
        return 0;
    case ["handshakes"]:
        await HandshakeBenchmark.RunAsync();
        return 0;
    case ["netmq", .. { Length: <= 2 } numbers]:
        await ClientsBenchmark.RunAsync(Number(numbers, 0, 500), Number(numbers, 1, 3));
        return 0;
    case [ClientsBenchmark.VariantArgument, var variant, var targets, var endpoint]:
        await ClientsBenchmark.RunVariantAsync(variant, int.Parse(targets, CultureInfo.InvariantCulture), endpoint);
        return 0;
    case ["soak", "--minutes", var minutes, .. { Length: <= 2 } numbers]:
        return await SoakBenchmark.RunAsync(double.Parse(minutes, CultureInfo.InvariantCulture), Number(numbers, 0, 2000), Number(numbers, 1, Environment.TickCount));
    case ["reloads", .. { Length: <= 2 } storm]:
        return await ReloadBenchmark.RunAsync(Number(storm, 0, 1000), Number(storm, 1, 1000));
    case ["rules", .. { Length: <= 2 } numbers]:
        await RulesBenchmark.RunAsync(Number(numbers, 0, 10_000), Number(numbers, 1, 300));
        return 0;
    case ["hostile", .. { Length: <= 2 } numbers]:
        return await HostileBenchmark.RunAsync(Number(numbers, 0, 100), Number(numbers, 1, 0));
    case ["netmq-crash"]:
        await CrashBenchmark.RunAsync();
        return 0;
    case [CrashBenchmark.VictimArgument, var server, var mechanism, var limit]:
        return CrashBenchmark.RunVictim(server, mechanism, limit);
    case [ServerProcess.Argument, .. var security]:
        ServerProcess.Serve(security);
        return 0;
    default:
        Console.Error.WriteLine("usage: dotnet run --project tests/ZmqExporter.Benchmarks -c Release -- roundtrip | scale TARGETS [lean|standard|full] | flood [MESSAGES_PER_SECOND [netmq]] | feed [SECONDS [MESSAGES_PER_SECOND [FORM]]] | storm TARGETS [INTERVAL_SECONDS [one|each [refused|black-holed|silent|frozen]]] | metrics | scrapes [TARGETS] | modules [TARGETS] | handshakes | netmq [TARGETS [ROUNDS]] | netmq-crash | hostile [ROUNDS [SERVERS]] | reloads [RELOADS [TARGETS]] | rules [TARGETS [SECONDS]] | soak --minutes MINUTES [TARGETS [SEED]]");
        return 3;
}

static int Number(string[] numbers, int index, int otherwise) =>
    index < numbers.Length ? int.Parse(numbers[index], CultureInfo.InvariantCulture) : otherwise;
