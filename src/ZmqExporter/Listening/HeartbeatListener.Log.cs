using Microsoft.Extensions.Logging;
using ZmqExporter.Logging;

namespace ZmqExporter.Listening;

internal sealed partial class HeartbeatListener
{
    private static partial class Log
    {
        // The tests and people's scripts wait for this very line, as for the one of the HTTP port.
        [LoggerMessage(Level = LogLevel.Information, Message = "listening for heartbeats")]
        public static partial void Listening(ILogger logger, string address, string mechanism);

        [LoggerMessage(Level = LogLevel.Warning, Message = "heartbeats are taken from everybody who can connect to this address: write heartbeat_listener.security, or listen on 127.0.0.1")]
        public static partial void Open(ILogger logger, string address);

        [LoggerMessage(Level = LogLevel.Error, Message = "heartbeats cannot be taken, and targets that push them are unknown until they can; it is tried again")]
        public static partial void NotBound(ILogger logger, string problem);

        [LoggerMessage(Level = LogLevel.Error, Message = "a bug in zmq_exporter: a listener for heartbeats ended, and is started again")]
        public static partial void Died(ILogger logger, Exception? exception, string address);

        [LoggerMessage(Level = LogLevel.Debug, Message = "a server that pushes heartbeats has connected")]
        public static partial void Connected(ILogger logger, string peer, string? socketType);

        [LoggerMessage(Level = LogLevel.Debug, Message = "the connection of a server that pushes heartbeats is over")]
        public static partial void Closed(ILogger logger, string peer, string reason);

        [LoggerMessage(EventName = LogEvents.SelfLimited + nameof(UnknownName), Level = LogLevel.Warning, Message = "a heartbeat of a service that no target expects: it is dropped")]
        public static partial void UnknownName(ILogger logger, string service, string peer);

        [LoggerMessage(EventName = LogEvents.SelfLimited + nameof(Malformed), Level = LogLevel.Warning, Message = "a message that is no heartbeat was pushed: it is dropped")]
        public static partial void Malformed(ILogger logger, string peer, string firstFrame, int frames);

        [LoggerMessage(EventName = LogEvents.SelfLimited + nameof(Refused), Level = LogLevel.Warning, Message = "a peer that would push heartbeats was refused")]
        public static partial void Refused(ILogger logger, string peer, string problem);

        [LoggerMessage(EventName = LogEvents.SelfLimited + nameof(TurnedAway), Level = LogLevel.Warning, Message = "there was no room for a peer that would push heartbeats")]
        public static partial void TurnedAway(ILogger logger, string peer);

        [LoggerMessage(EventName = LogEvents.SelfLimited + nameof(AcceptFailed), Level = LogLevel.Error, Message = "nobody who would push heartbeats can be let in; it is tried again, and targets whose servers may be among them are not called silent")]
        public static partial void AcceptFailed(ILogger logger, string problem);
    }
}
