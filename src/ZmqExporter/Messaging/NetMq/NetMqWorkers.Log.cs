using Microsoft.Extensions.Logging;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

internal sealed partial class NetMqWorkers
{
    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "a NetMQ worker process ended; it is started again, and the targets of our own client go on")]
        public static partial void Ended(ILogger logger, string worker, string how, TimeSpan pause);

        [LoggerMessage(Level = LogLevel.Warning, Message = "one of these servers made NetMQ's worker process end; from now on each is tried alone, until that tells which")]
        public static partial void Suspects(ILogger logger, int count, string suspects);

        [LoggerMessage(Level = LogLevel.Error, Message = "this server killed a NetMQ worker process; it is quarantined: probed by handshakes of our own client only")]
        public static partial void Quarantined(ILogger logger, string targets, string endpoint, TimeSpan quarantine);
    }

    private sealed class ReleaseTimer(NetMqWorkers owner) : TimerEntry
    {
        // Elsewhere: links write to their workers then.
        protected override void OnDue(Timestamp due, Timestamp now) =>
            ThreadPool.UnsafeQueueUserWorkItem(static owner => owner.Release(), owner, preferLocal: false);
    }
}
