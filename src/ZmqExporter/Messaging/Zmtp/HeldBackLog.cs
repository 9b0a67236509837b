using Microsoft.Extensions.Logging;
using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>Says once when connections to an address begin to be held back, and once when that is over. Thread-safe.</summary>
internal sealed partial class HeldBackLog(ILogger<HeldBackLog> logger)
{
    /// <summary>Takes a beginning or an end.</summary>
    public void Write(HeldBack change)
    {
        var endpoint = $"tcp://{change.Address}";
        if (change.IsOver)
        {
            Log.Over(logger, endpoint, change.Connects, change.Lasted);
        }
        else if (change.Cause == HeldBackCause.PortsInTimeWait)
        {
            Log.PortsInTimeWait(logger, endpoint);
        }
        else
        {
            Log.TooManyAtOnce(logger, endpoint);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "connections to one address are held back and probes skipped: they would use up the local ports, each of which stays in TIME_WAIT for a minute; use connection: persistent, one target per server or longer intervals, or set net.ipv4.tcp_tw_reuse to 1")]
        public static partial void PortsInTimeWait(ILogger logger, string endpoint);

        [LoggerMessage(2, LogLevel.Warning, "connections to one address are held back and probes skipped: too many are under way, because it does not answer; use one target per server, longer intervals or shorter timeouts")]
        public static partial void TooManyAtOnce(ILogger logger, string endpoint);

        [LoggerMessage(3, LogLevel.Information, "connections to this address are no longer held back")]
        public static partial void Over(ILogger logger, string endpoint, long connections, TimeSpan lasted);
    }
}
