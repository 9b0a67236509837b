using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace ZmqExporter.Content;

/// <summary>The CPU time of this thread: what it did, and not for how long others kept it from the processor. Thread-safe.</summary>
/// <remarks>clock_gettime(2) with CLOCK_THREAD_CPUTIME_ID; .NET has nothing for it.</remarks>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>What this thread has used so far; null where the system does not tell.</summary>
    public static TimeSpan? Used =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess && Native.ClockGetTime(ThreadCpuTime, out var time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0)
            : null;

    /// <summary>struct timespec where a time_t and a long have eight bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }

    [SuppressMessage("Design", "MA0048", Justification = "Nobody else has a use for it.")]
    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "clock_gettime")]
        public static partial int ClockGetTime(int clock, out TimeSpec time);
    }
}
