using System.Globalization;

namespace ZmqExporter.Metrics;

/// <summary>The figures of <c>/proc/self/stat</c> (proc_pid_stat(5)).</summary>
/// <param name="CpuSeconds">User and system time.</param>
/// <param name="StartSeconds">Start of the process in seconds after the boot of the machine.</param>
/// <param name="VirtualBytes">Size of the address space.</param>
/// <param name="ResidentBytes">Part of it that is in memory.</param>
internal readonly record struct ProcessStat(double CpuSeconds, double StartSeconds, double VirtualBytes, double ResidentBytes)
{
    private const double TicksPerSecond = 100; // USER_HZ, a constant of Linux' ABI on every architecture that .NET runs on

    /// <summary>Parses the file.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="pageSize">Bytes per page.</param>
    /// <exception cref="FormatException">It is not such a file.</exception>
    public static ProcessStat Parse(string text, int pageSize)
    {
        // The second field is the program's name in parentheses: it may hold blanks and parentheses of its own.
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new ProcessStat(
            (Field(fields, 14) + Field(fields, 15)) / TicksPerSecond,
            Field(fields, 22) / TicksPerSecond,
            Field(fields, 23),
            Field(fields, 24) * pageSize);
    }

    /// <param name="fields">The fields from the third one on.</param>
    /// <param name="number">Number as the manual page counts, from 1.</param>
    private static double Field(string[] fields, int number) => number - 3 < fields.Length
        ? double.Parse(fields[number - 3], NumberStyles.None, CultureInfo.InvariantCulture)
        : throw new FormatException($"/proc/self/stat has no field {number}");
}
