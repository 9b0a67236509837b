using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Limits;
using ZmqExporter.Messaging.NetMq;

namespace ZmqExporter;

/// <summary>Whether this process can run a config at all.</summary>
internal static class ProcessLimits
{
    /// <summary>What keeps it from that, and how to mend it; null when nothing does.</summary>
    /// <param name="config">The config.</param>
    /// <param name="configFile">Its file.</param>
    /// <param name="shard">Which of its targets this process probes.</param>
    public static string? ProblemOf(ExporterConfig config, string configFile, Shard shard)
    {
        var limit = OpenFileLimit.Read();
        TargetConfig[] targets = [.. config.Targets.Where(target => shard.Has(target.Name))];
        if (DescriptorNeeds.Problem(targets, limit, HttpLimits.MostDescriptors) is { } tooFew)
        {
            return tooFew;
        }

        var netMqTargets = targets.Count(target => target.Module.Client == MessagingClient.NetMq);
        var sufficient = DescriptorNeeds.About(targets, HttpLimits.MostDescriptors);
        return NetMqLimits.Problem(netMqTargets, limit, sufficient) is { } problem
            ? $"{configFile}: {problem}"
            : null;
    }
}
