using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Scheduling;

internal sealed partial class TargetRunner
{
    private static partial class Log
    {
        /// <summary>A single failed probe matters to who looks into it; a change of the state to who is on call.</summary>
        public static void Result(ILogger logger, TargetConfig target, ProbeResult result, Recorded recorded)
        {
            if (result.Reason is { } reason)
            {
                Failed(logger, target.Name, target.Module.Name, reason, result.Detail);
            }

            var (before, after) = recorded;
            if (after != before)
            {
                var level = after is TargetState.Down or TargetState.Unknown ? LogLevel.Warning : LogLevel.Information;
                var (state, was) = (after.Label(), before.Label());
                Changed(logger, level, target.Name, target.Module.Name, state, was, result.Detail);
            }
        }

        [LoggerMessage(1, LogLevel.Debug, "{Target}/{Module}: probe failed: {Reason}: {Detail}")]
        private static partial void Failed(ILogger logger, string target, string module, FailureReason reason, string detail);

        [LoggerMessage(EventId = 2, Message = "{Target}/{Module} is {State}, was {Before}: {Detail}")]
        private static partial void Changed(
            ILogger logger, LogLevel level, string target, string module, string state, string before, string detail);

        [LoggerMessage(3, LogLevel.Debug, "{Target}/{Module}: {Count} probes skipped: the last one still runs, or we were stalled")]
        public static partial void Skipped(ILogger logger, string target, string module, long count);

        [LoggerMessage(4, LogLevel.Error, "{Target}/{Module}: a probe has run for {Running}, its timeout is {Timeout}: it is stuck")]
        public static partial void Stuck(ILogger logger, string target, string module, TimeSpan running, TimeSpan timeout);

        [LoggerMessage(5, LogLevel.Error, "{Target}/{Module}: a bug in zmq_exporter; the target is probed again when it is due")]
        public static partial void Fault(ILogger logger, Exception exception, string target, string module);
    }
}
