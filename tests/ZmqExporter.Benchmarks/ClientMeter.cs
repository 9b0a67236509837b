using System.Diagnostics;
using System.Globalization;

namespace ZmqExporter.Benchmarks;

/// <summary>
/// Takes the figures of this process and of those that it has started: made before the targets, begun when they have settled, ended after the
/// measured time.
/// </summary>
internal sealed class ClientMeter(int targets)
{
    // First, so that it is part of what was there before.
    private readonly double[] _samples = new double[1 << 20];
    private readonly long _managed = GC.GetTotalMemory(forceFullCollection: true);
    private readonly long _resident = Resident();
    private readonly int _descriptors = Descriptors();
    private TimeSpan _cpu;
    private int _count;
    private long _missed;
    private volatile bool _measures;

    /// <summary>A probe was answered. From any thread.</summary>
    public void Answered(TimeSpan roundTrip)
    {
        if (_measures)
        {
            _samples[Interlocked.Increment(ref _count) - 1] = roundTrip.TotalMicroseconds;
        }
    }

    /// <summary>A probe was not answered. From any thread.</summary>
    public void Missed()
    {
        if (_measures)
        {
            Interlocked.Increment(ref _missed);
        }
    }

    /// <summary>Measures for this long and gives the figures. Blocks.</summary>
    public ClientFigures Measure(TimeSpan time)
    {
        _cpu = Cpu();
        _measures = true;
        using (var never = new ManualResetEventSlim())
        {
            never.Wait(time);
        }

        _measures = false;
        var cpu = Cpu() - _cpu;
        var resident = Resident() - _resident;
        var managed = GC.GetTotalMemory(forceFullCollection: true) - _managed;
        var samples = _samples.AsSpan(0, Volatile.Read(ref _count)).ToArray();
        Array.Sort(samples);
        return new ClientFigures(
            samples.Length,
            _missed,
            cpu.TotalMicroseconds / Math.Max(1, samples.Length + _missed),
            managed / (double)targets,
            resident / (double)targets,
            (Descriptors() - _descriptors) / (double)targets,
            Percentile(samples, 50),
            Percentile(samples, 90));
    }

    private static double Percentile(double[] sorted, int percent) => sorted.Length == 0 ? double.NaN : sorted[(sorted.Length - 1) * percent / 100];

    private static int Descriptors() => Processes().Sum(process => Directory.GetFiles($"/proc/{process}/fd").Length);

    private static TimeSpan Cpu() => TimeSpan.FromTicks(Sum(process => process.TotalProcessorTime.Ticks));

    private static long Resident() => Sum(process => process.WorkingSet64);

    private static long Sum(Func<Process, long> figure) => Processes().Sum(id =>
    {
        using var process = Process.GetProcessById(id);
        return figure(process);
    });

    // proc_pid_stat(5): the fourth field is the parent; the second one may hold anything, in parentheses.
    private static List<int> Processes() =>
    [
        Environment.ProcessId,
        .. Directory.GetDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && ParentOf(id) == Environment.ProcessId),
    ];

    private static int ParentOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has ended
        }
    }
}
