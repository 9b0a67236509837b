using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Scheduling;

internal sealed partial class TargetRunner
{
    private static partial class Log
    {
        /// <summary>A single failed probe matters to who looks into it; a change of the state, or of its cause, to who is on call.</summary>
        public static void Result(ILogger logger, TargetConfig target, ProbeResult result, Recorded recorded)
        {
            var (name, module, detail) = (target.Name, target.Module.Name, result.Detail);
            var reason = result.Reason?.Label();
            if (reason is not null)
            {
                Failed(logger, name, module, reason, detail);
            }

            var (before, after, newReason) = recorded;
            var level = after is TargetState.Down or TargetState.Unknown ? LogLevel.Warning : LogLevel.Information;
            var (state, was) = (after.Label(), before.Label());
            if (after == before)
            {
                if (newReason)
                {
                    Still(logger, level, name, module, state, detail, reason);
                }
            }
            else if (reason is not null)
            {
                Failing(logger, level, name, module, state, was, detail, reason);
            }
            else if (detail.Length > 0)
            {
                Changed(logger, level, name, module, state, was, detail);
            }
            else
            {
                Changed(logger, level, name, module, state, was);
            }
        }

        [LoggerMessage(1, LogLevel.Debug, "{Target}/{Module}: probe failed: {Reason}: {Detail}")]
        private static partial void Failed(ILogger logger, string target, string module, string reason, string detail);

        // The reason is a pair of its own and not part of the text: the detail says it in words.
        [LoggerMessage(EventId = 2, Message = "{Target}/{Module} is {State}, was {Before}: {Detail}")]
        private static partial void Failing(
            ILogger logger, LogLevel level, string target, string module, string state, string before, string detail, string reason);

        [LoggerMessage(EventId = 6, Message = "{Target}/{Module} is {State}, was {Before}: {Detail}")]
        private static partial void Changed(
            ILogger logger, LogLevel level, string target, string module, string state, string before, string detail);

        [LoggerMessage(EventId = 7, Message = "{Target}/{Module} is {State}, was {Before}")]
        private static partial void Changed(ILogger logger, LogLevel level, string target, string module, string state, string before);

        [LoggerMessage(EventId = 8, Message = "{Target}/{Module} is still {State}, now: {Detail}")]
        private static partial void Still(
            ILogger logger, LogLevel level, string target, string module, string state, string detail, string? reason);

        [LoggerMessage(3, LogLevel.Debug, "{Target}/{Module}: {Count} probes skipped: the last one still runs, or we were stalled")]
        public static partial void Skipped(ILogger logger, string target, string module, long count);

        [LoggerMessage(4, LogLevel.Error, "{Target}/{Module}: a probe has run for {Running}, its timeout is {Timeout}: it is stuck")]
        public static partial void Stuck(ILogger logger, string target, string module, TimeSpan running, TimeSpan timeout);

        [LoggerMessage(5, LogLevel.Error, "{Target}/{Module}: a bug in zmq_exporter; the target is probed again when it is due")]
        public static partial void Fault(ILogger logger, Exception exception, string target, string module);
    }
}
