using System.Globalization;

namespace ZmqExporter.Benchmarks;

/// <summary>What a process that probes many targets costs, and the round trips that it reports.</summary>
/// <param name="Answered">Probes that were answered while it was measured.</param>
/// <param name="Missed">Probes that were due and not answered.</param>
/// <param name="CpuMicroseconds">CPU time of a probe.</param>
/// <param name="ManagedBytes">Managed memory of a target.</param>
/// <param name="ResidentBytes">Resident memory of a target.</param>
/// <param name="Descriptors">Descriptors of a target.</param>
/// <param name="MedianMicroseconds">Of the reported round trips.</param>
/// <param name="NinetyMicroseconds">Their 90th percentile.</param>
internal sealed record ClientFigures(
    long Answered, long Missed, double CpuMicroseconds, double ManagedBytes, double ResidentBytes, double Descriptors, double MedianMicroseconds, double NinetyMicroseconds)
{
    private const char Separator = ' ';

    /// <summary>One line, for the process that asked.</summary>
    public string ToLine() => string.Join(
        Separator,
        ((double[])[Answered, Missed, CpuMicroseconds, ManagedBytes, ResidentBytes, Descriptors, MedianMicroseconds, NinetyMicroseconds])
            .Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>Reads such a line.</summary>
    public static ClientFigures Parse(string line) =>
        line.Split(Separator).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray() is [var answered, var missed, var cpu, var managed, var resident, var descriptors, var median, var ninety]
            ? new ClientFigures((long)answered, (long)missed, cpu, managed, resident, descriptors, median, ninety)
            : throw new FormatException($"no figures: {line}");
}
