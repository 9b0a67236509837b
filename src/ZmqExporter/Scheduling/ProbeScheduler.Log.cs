using Microsoft.Extensions.Logging;
using ZmqExporter.Logging;

namespace ZmqExporter.Scheduling;

internal sealed partial class ProbeScheduler
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "probes still run and were left behind")]
        public static partial void StillRunning(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Error, "no timer has run for some time: probes do not start")]
        public static partial void Overdue(ILogger logger, TimeSpan overdue);

        [LoggerMessage(4, LogLevel.Warning, "this process did not get to run for some time: what came due was skipped, and no target is blamed for it")]
        public static partial void Stalled(ILogger logger, TimeSpan stalled, long probes);

        [LoggerMessage(
            EventId = 6,
            EventName = LogEvents.SelfLimited + nameof(SharedCause),
            Level = LogLevel.Warning,
            Message = "more targets are unknown for the same reason")]
        public static partial void SharedCause(ILogger logger, long targets, string detail);

        [LoggerMessage(3, LogLevel.Error, "the supervisor failed and looks again at its next turn")]
        public static partial void SupervisorFailed(ILogger logger, Exception exception);
    }
}
