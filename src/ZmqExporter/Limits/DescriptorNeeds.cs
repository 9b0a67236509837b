using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.NetMq;

namespace ZmqExporter.Limits;

/// <summary>How many file descriptors this process needs, apart from what it holds when it has started.</summary>
internal static class DescriptorNeeds
{
    /// <summary>What stays free for everybody who does not ask: a thread that starts opens two for a moment, an assembly keeps two, /proc,
    /// files and stack traces take one or a few.</summary>
    public const int Reserve = 32;

    /// <summary>What this process needs without any target: what it holds when it has started, with the reserve and the fewest connections to
    /// its own port. .NET holds two for each assembly.</summary>
    public const int Fewest = 240;

    private const int OfConnection = 1;

    // A NetMQ target that is lost is looked at by our own client too.
    private const int OfNetMqTarget = NetMqConnection.Descriptors + OfConnection;

    // Second connections, for those whose first one has fallen silent or whose reply is late, and look-ups of names.
    private const int Seconds = 8;
    private const int SecondsShare = 10;

    /// <summary>Checks whether this process can run at all.</summary>
    /// <param name="targets">What it is to probe.</param>
    /// <param name="limit">How many files it may open.</param>
    /// <returns>What is wrong and how to mend it, or null.</returns>
    public static string? Problem(IReadOnlyCollection<TargetConfig> targets, int limit) => limit >= Fewest
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"this process may open {limit} files and needs about {Fewest + Of(targets)}, {Fewest} of them for itself: raise the limit (ulimit -n, LimitNOFILE)");

    /// <summary>Those of all targets when all are probed at once.</summary>
    public static int Of(IReadOnlyCollection<TargetConfig> targets) => targets.Count == 0
        ? 0
        : targets.Sum(target => target.Module.Client == MessagingClient.NetMq ? OfNetMqTarget : OfConnection)
            + Math.Max(Seconds, targets.Count / SecondsShare);
}
