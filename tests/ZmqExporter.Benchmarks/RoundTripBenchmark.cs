using System.Diagnostics;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Benchmarks;

/// <summary>The round trip that a probe reports, against that of libzmq's own REQ in the same process and to the same idle server, in turn.</summary>
internal static class RoundTripBenchmark
{
    private const int Rounds = 5;
    private const int ProbesPerRound = 400;

    public static async Task RunAsync()
    {
        using var server = new ServerProcess();
        using var libzmq = new Libzmq(Libzmq.Req);
        libzmq.Connect(server.Endpoint);
        using var timers = new TimerQueue(TimeProvider.System);
        var client = new ZmtpClient(new ZmtpContext(timers, new NameResolver()));
        var target = BenchmarkTargets.Ping("bench", server.Endpoint, TimeSpan.FromSeconds(15));
        using var prober = new ProberFactory(client, TimeProvider.System).Create(target, new NoObserver());
        await MeasureAsync(libzmq, prober, ProbesPerRound);
        Console.WriteLine("round  libzmq REQ median  p90      zmq_exporter median  p90      ratio of medians");
        for (var round = 1; round <= Rounds; round++)
        {
            var (theirs, ours) = await MeasureAsync(libzmq, prober, ProbesPerRound);
            Console.WriteLine($"{round,5}  {Percentile(theirs, 50),14:0.0} µs  {Percentile(theirs, 90),6:0.0}   {Percentile(ours, 50),15:0.0} µs  {Percentile(ours, 90),6:0.0}   {Percentile(ours, 50) / Percentile(theirs, 50),8:0.00}");
        }
    }

    private static async Task<(double[] Theirs, double[] Ours)> MeasureAsync(Libzmq libzmq, IProber prober, int count)
    {
        var theirs = new double[count];
        var ours = new double[count];
        var buffer = new byte[64];
        for (var i = 0; i < count; i++)
        {
            await Pause();
            var start = Stopwatch.GetTimestamp();
            libzmq.Send("ping"u8);
            _ = libzmq.Receive(buffer);
            theirs[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            await Pause();
            var result = await prober.ProbeAsync(CancellationToken.None);
            ours[i] = result.RoundTrip?.TotalMicroseconds ?? throw new InvalidOperationException(result.ToString());
        }

        return (theirs, ours);
    }

    private static Task Pause() => Task.Delay(TimeSpan.FromMilliseconds(3), TimeProvider.System);

    private static double Percentile(double[] values, int percent)
    {
        var sorted = values.Order().ToArray();
        return sorted[(sorted.Length - 1) * percent / 100];
    }
}
