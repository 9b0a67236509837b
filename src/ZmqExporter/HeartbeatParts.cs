using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Http.Protection;
using ZmqExporter.Limits;
using ZmqExporter.Listening;
using ZmqExporter.Metrics;
using ZmqExporter.Probing;
using Zmtp.Endpoints;
using Zmtp.Limits;
using Zmtp.Listening;
using Zmtp.Timing;

namespace ZmqExporter;

/// <summary>What takes heartbeats that servers push.</summary>
internal static partial class HeartbeatParts
{
    private const long MostBuffered = 32 << 20; // of heartbeats that have not come as a whole

    /// <summary>Adds it.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="endpoints">Where to listen; none for an exporter that takes no heartbeats.</param>
    /// <param name="config">Who may push at first.</param>
    public static IServiceCollection AddHeartbeatListener(this IServiceCollection services, EquatableArray<ListenEndpoint> endpoints, HeartbeatListenerConfig config)
    {
        services.AddSingleton(provider =>
        {
            var logger = provider.GetRequiredService<ILogger<HeartbeatListener>>();
            var memory = provider.GetRequiredService<MemoryGuard>();
            var buffers = new BufferBudget // of its own: whoever pushes must not take the memory of the replies that probes wait for
            {
                Limit = Math.Min(MostBuffered, memory.ForMessages / 4),
                KeepsLarge = !memory.IsSmall,
                IsShort = memory.IsShortForMessages,
            };
            var context = new ListenerContext(provider.GetRequiredService<TimerQueue>(), provider.GetRequiredService<DescriptorBudget>(), buffers)
            {
                OnFault = exception => Log.Fault(logger, exception),
            };
            return new HeartbeatListener(
                endpoints,
                config,
                context,
                OpenFileLimit.Read(),
                provider.GetRequiredService<PushedBeats>(),
                provider.GetRequiredService<ExporterMetrics>().Self.Heartbeats,
                UnixSocketFile.RemoveStale,
                logger);
        });
        return services.AddHostedService(provider => provider.GetRequiredService<HeartbeatListener>());
    }

    /// <summary>Why a config cannot be run by an exporter with this command line, and how to mend it; null when it can.</summary>
    /// <param name="targets">Those of the config that are probed.</param>
    /// <param name="listens">Whether it takes heartbeats.</param>
    public static string? ProblemOf(IEnumerable<TargetConfig> targets, bool listens)
    {
        string[] pushed = listens ? [] : [.. targets.Where(target => target.Module.Prober is ListenProberConfig).Select(target => Quoted.Plain(target.Name)).Distinct(StringComparer.Ordinal)];
        return pushed.Length == 0 ? null
            : $"{(pushed.Length == 1 ? "target" : "targets")} {string.Join(", ", pushed.Take(3))}{(pushed.Length > 3 ? " and others" : "")} {(pushed.Length == 1 ? "waits" : "wait")} for heartbeats that are pushed (prober: listen), and the exporter takes none: start it with --heartbeat.listen-address=tcp://*:19556, or remove {(pushed.Length == 1 ? "it" : "them")}";
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "a bug in zmq_exporter: a connection of a server that pushes heartbeats was given up")]
        public static partial void Fault(ILogger logger, Exception exception);
    }
}
