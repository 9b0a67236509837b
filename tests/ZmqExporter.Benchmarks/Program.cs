using System.Globalization;
using ZmqExporter.Benchmarks;
using ZmqExporter.Configuration;

switch (args)
{
    case ["roundtrip"]:
        await RoundTripBenchmark.RunAsync();
        return 0;
    case ["scale", var count, ..]:
        await ScaleBenchmark.RunAsync(int.Parse(count, CultureInfo.InvariantCulture), args is [_, _, "lean"] ? MetricsDetail.Lean : MetricsDetail.Full);
        return 0;
    case ["flood"]:
        await FloodBenchmark.RunAsync(200_000);
        return 0;
    case ["flood", var perSecond]:
        await FloodBenchmark.RunAsync(int.Parse(perSecond, CultureInfo.InvariantCulture));
        return 0;
    case [FloodPublisher.Argument, var rate, var seconds]:
        FloodPublisher.Run(int.Parse(rate, CultureInfo.InvariantCulture), int.Parse(seconds, CultureInfo.InvariantCulture));
        return 0;
    case ["metrics"]:
        await MetricsBenchmarks.Run();
        return 0;
    case ["handshakes"]:
        await HandshakeBenchmark.RunAsync();
        return 0;
    case [ServerProcess.Argument, .. var security]:
        ServerProcess.Serve(security);
        return 0;
    default:
        Console.Error.WriteLine("usage: dotnet run --project tests/ZmqExporter.Benchmarks -c Release -- roundtrip | scale TARGETS [lean] | flood [MESSAGES_PER_SECOND] | metrics | handshakes");
        return 3;
}
