using ZmqExporter.Benchmarks;

switch (args)
{
    case ["roundtrip"]:
        await RoundTripBenchmark.RunAsync();
        return 0;
    case [ServerProcess.Argument]:
        ServerProcess.Serve();
        return 0;
    default:
        Console.Error.WriteLine("usage: dotnet run --project tests/ZmqExporter.Benchmarks -c Release -- roundtrip");
        return 3;
}
