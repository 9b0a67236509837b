using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Limits;
using ZmqExporter.Messaging.NetMq;

namespace ZmqExporter;

/// <summary>Whether this process can run a config at all.</summary>
internal static class ProcessLimits
{
    /// <summary>What keeps it from that, and how to mend it; null when nothing does.</summary>
    public static string? ProblemOf(ExporterConfig config, string configFile)
    {
        var limit = OpenFileLimit.Read();
        if (DescriptorNeeds.Problem(config.Targets, limit, HttpLimits.MostDescriptors) is { } tooFew)
        {
            return tooFew;
        }

        var netMqTargets = config.Targets.Count(target => target.Module.Client == MessagingClient.NetMq);
        var sufficient = DescriptorNeeds.About(config.Targets, HttpLimits.MostDescriptors);
        return NetMqLimits.Problem(netMqTargets, limit, sufficient) is { } problem
            ? $"{configFile}: {problem}"
            : null;
    }
}
