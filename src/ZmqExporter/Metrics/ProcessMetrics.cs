using System.Globalization;
using Prometheus;
using ZmqExporter.Metrics.Catalog;

namespace ZmqExporter.Metrics;

/// <summary>CPU, memory and start time of this process under Prometheus' standard names, from Linux' /proc. Thread-safe.</summary>
internal sealed class ProcessMetrics
{
    private readonly Counter.Child _cpu;
    private readonly Gauge.Child _startTime;
    private readonly Gauge.Child _residentMemory;
    private readonly Gauge.Child _virtualMemory;
    private double? _bootTime;

    public ProcessMetrics(FamilyFactory families)
    {
        _cpu = families.HiddenCounter(MetricNames.ProcessCpu, "User and system CPU time in seconds.").WithLabels();
        _startTime = families.HiddenGauge(MetricNames.ProcessStartTime, "Unix time at which the process started.").WithLabels();
        _residentMemory = families.HiddenGauge(MetricNames.ProcessResidentMemory, "Resident memory in bytes.").WithLabels();
        _virtualMemory = families.HiddenGauge(MetricNames.ProcessVirtualMemory, "Virtual memory in bytes.").WithLabels();
    }

    /// <summary>Reads the figures; those that cannot be read are absent.</summary>
    public void Collect()
    {
        try
        {
            var stat = ProcessStat.Parse(File.ReadAllText("/proc/self/stat"), Environment.SystemPageSize);
            _bootTime ??= ReadBootTime();
            _cpu.IncTo(stat.CpuSeconds);
            _startTime.Set(_bootTime.Value + stat.StartSeconds);
            _residentMemory.Set(stat.ResidentBytes);
            _virtualMemory.Set(stat.VirtualBytes);
        }
        catch
        {
            _cpu.Unpublish();
            _startTime.Unpublish();
            _residentMemory.Unpublish();
            _virtualMemory.Unpublish();
            throw;
        }
    }

    private static double ReadBootTime()
    {
        const string Key = "btime ";
        var line = File.ReadLines("/proc/stat").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))
            ?? throw new FormatException("/proc/stat has no btime");
        return double.Parse(line.AsSpan(Key.Length), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
