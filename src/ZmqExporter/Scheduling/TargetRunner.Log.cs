using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Logging;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Scheduling;

internal sealed partial class TargetRunner
{
    private static partial class Log
    {
        /// <summary>A single failed probe matters to somebody who looks into it; a change of the state, or of its cause, to whoever is on call.</summary>
        public static void Result(RunnerContext context, TargetConfig target, ProbeResult result, in TargetLogEntry entry)
        {
            var logger = context.Logger;
            var (name, module) = (target.Name, target.Module.Name);
            var reason = result.Reason?.Label();
            var detail = result.Detail.Length == 0 ? null : result.Detail;
            if (reason is not null)
            {
                Failed(logger, name, module, reason, detail);
            }
            else if (result.Outcome == ProbeOutcome.Late)
            {
                Late(logger, name, module, detail);
            }

            var level = entry.IsWarning ? LogLevel.Warning : LogLevel.Information;
            long? changes = entry.ChangesLeftOut == 0 ? null : entry.ChangesLeftOut;
            long? downs = entry.DownsLeftOut == 0 ? null : entry.DownsLeftOut;
            long? reasons = entry.ReasonsLeftOut == 0 ? null : entry.ReasonsLeftOut;
            var (state, before) = (entry.State.Label(), entry.Before.Label());
            switch (entry.Kind)
            {
                case TargetLogKind.Change:
                    Changed(logger, level, name, module, state, before, reason, detail, changes, downs, reasons);
                    break;
                case TargetLogKind.Still when result.Outcome == ProbeOutcome.LocalError:
                    // From the start on, and for a cause that may be that of all.
                    if (context.SharedCauses.Add(result.Detail))
                    {
                        Unjudged(logger, name, module, state, reason, detail);
                    }

                    break;
                case TargetLogKind.Still:
                    Still(logger, level, name, module, state, reason, detail, reasons);
                    break;
            }

            Mappings(logger, name, module, entry.Mappings);
        }

        private static void Mappings(ILogger logger, string name, string module, ImmutableArray<MappingLogLine> lines)
        {
            foreach (var (source, isFoundAgain) in lines.IsDefault ? [] : lines)
            {
                if (isFoundAgain)
                {
                    FoundAgain(logger, name, module, source.Name);
                }
                else
                {
                    FindsNothing(logger, name, module, source.Name, source.Problem);
                }
            }
        }

        // Values stand in the pairs and not in the text as well; pairs without a value are left out.
        [LoggerMessage(1, LogLevel.Debug, "probe failed")]
        private static partial void Failed(ILogger logger, string target, string module, string reason, string? detail);

        [LoggerMessage(7, LogLevel.Debug, "probe late")]
        private static partial void Late(ILogger logger, string target, string module, string? detail);

        [LoggerMessage(EventId = 2, EventName = LogEvents.SelfLimited + nameof(Changed), Message = "target is {State}")]
        private static partial void Changed(
            ILogger logger,
            LogLevel level,
            string target,
            string module,
            string state,
            string before,
            string? reason,
            string? detail,
            long? changesLeftOut,
            long? downsLeftOut,
            long? reasonChangesLeftOut);

        [LoggerMessage(EventId = 3, EventName = LogEvents.SelfLimited + nameof(Still), Message = "target is still {State}")]
        private static partial void Still(
            ILogger logger, LogLevel level, string target, string module, string state, string? reason, string? detail, long? reasonChangesLeftOut);

        [LoggerMessage(EventId = 9, EventName = LogEvents.SelfLimited + nameof(Unjudged), Level = LogLevel.Warning, Message = "target is {State}")]
        private static partial void Unjudged(ILogger logger, string target, string module, string state, string? reason, string? detail);

        [LoggerMessage(EventId = 10, EventName = LogEvents.SelfLimited + nameof(FindsNothing), Level = LogLevel.Warning, Message = "a mapping finds nothing in what comes")]
        private static partial void FindsNothing(ILogger logger, string target, string module, string mapping, string detail);

        [LoggerMessage(EventId = 11, EventName = LogEvents.SelfLimited + nameof(FoundAgain), Level = LogLevel.Information, Message = "a mapping finds something again")]
        private static partial void FoundAgain(ILogger logger, string target, string module, string mapping);

        [LoggerMessage(4, LogLevel.Debug, "probes skipped: the last one still runs, or this process was stalled")]
        public static partial void Skipped(ILogger logger, string target, string module, long probes);

        [LoggerMessage(8, LogLevel.Debug, "a probe was skipped: connections to its address are held back")]
        public static partial void HeldBack(ILogger logger, string target, string module, string detail);

        [LoggerMessage(5, LogLevel.Error, "a probe is stuck: it should have ended long ago")]
        public static partial void Stuck(ILogger logger, string target, string module, TimeSpan running, TimeSpan timeout);

        [LoggerMessage(6, LogLevel.Error, "a bug in zmq_exporter; the target is probed again when it is due")]
        public static partial void Fault(ILogger logger, Exception exception, string target, string module);
    }
}
