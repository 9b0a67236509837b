using System.Diagnostics;

namespace ZmqExporter.Benchmarks;

/// <summary>Takes the figures of this process: made before the targets, begun when they have settled, ended after the measured time.</summary>
internal sealed class ClientMeter(int targets)
{
    // First, so that it is part of what was there before.
    private readonly double[] _samples = new double[1 << 20];
    private readonly long _managed = GC.GetTotalMemory(forceFullCollection: true);
    private readonly long _resident = Environment.WorkingSet;
    private readonly int _descriptors = Descriptors();
    private readonly Process _self = Process.GetCurrentProcess();
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
        var resident = Environment.WorkingSet - _resident;
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

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

    private TimeSpan Cpu()
    {
        _self.Refresh();
        return _self.TotalProcessorTime;
    }
}
