using System.Globalization;
using System.Runtime.CompilerServices;
using ZmqExporter.Configuration;

namespace ZmqExporter.Limits;

/// <summary>How many file descriptors this process needs, apart from what it holds when it has started.</summary>
internal static class DescriptorNeeds
{
    /// <summary>What stays free for everybody who does not ask: a thread that starts opens two for a moment, an assembly keeps two, /proc,
    /// files and stack traces take one or a few.</summary>
    public const int Reserve = 32;

    /// <summary>What this process needs without any target: what it holds when it has started, with the reserve and the fewest connections to
    /// its own port. Where libraries are files, .NET holds two for each.</summary>
    public static int Fewest => FewestOf(IsNative);

    /// <summary>What any command needs: with fewer, .NET ends in the middle of something, with words about files that do not exist.</summary>
    public static int FewestOfACommand => IsNative ? 30 : 100;

    private const int FewestHttpConnections = 17;

    // Of NetMQ's connections, which are in processes of their own, our own client looks at those that are lost.
    private const int OfConnection = 1;

    // Second connections, for those whose first one has fallen silent or whose reply is late, and look-ups of names.
    private const int Seconds = 8;
    private const int SecondsShare = 10;

    private static bool IsNative => !RuntimeFeature.IsDynamicCodeSupported;

    /// <summary><see cref="Fewest"/> of a build.</summary>
    /// <param name="native">Whether it is one native executable.</param>
    public static int FewestOf(bool native) => native ? 70 : 265;

    /// <summary>Checks whether a command can run at all.</summary>
    /// <param name="limit">How many files this process may open.</param>
    /// <returns>What is wrong and how to mend it, or null.</returns>
    public static string? Problem(int limit) => limit >= FewestOfACommand
        ? null
        : string.Create(
            CultureInfo.InvariantCulture, $"this process may open {limit} files, and .NET alone needs {FewestOfACommand}: raise the limit (ulimit -n)");

    /// <summary>Checks whether this process can serve.</summary>
    /// <param name="targets">What it is to probe.</param>
    /// <param name="limit">How many files it may open.</param>
    /// <param name="mostOthers">How many connections to the own port, and what probes on demand need, there may be with a limit of files.</param>
    /// <returns>What is wrong and how to mend it, or null.</returns>
    public static string? Problem(IReadOnlyCollection<TargetConfig> targets, int limit, Func<int, int> mostOthers) => limit >= Fewest
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"this process may open {limit} files and needs about {About(targets, mostOthers)}, {Fewest} of them for itself: raise the limit (ulimit -n, LimitNOFILE)");

    /// <summary>About the least limit that suffices, before the process holds what it is going to hold.</summary>
    /// <param name="targets">What it is to probe.</param>
    /// <param name="mostOthers">How many connections to the own port, and what probes on demand need, there may be with a limit of files.</param>
    public static int About(IReadOnlyCollection<TargetConfig> targets, Func<int, int> mostOthers) =>
        Sufficient(Fewest - Reserve - FewestHttpConnections, Of(targets), mostOthers);

    /// <summary>The least limit that suffices. A higher limit lets in more connections to the own port and more probes on demand, which need room in their turn.</summary>
    /// <param name="own">What the process holds itself.</param>
    /// <param name="needed">What its targets need.</param>
    /// <param name="mostOthers">How many connections to the own port, and what probes on demand need, there may be with a limit of files.</param>
    public static int Sufficient(int own, int needed, Func<int, int> mostOthers)
    {
        var without = own + Reserve + needed;
        var limit = without;
        while (without + mostOthers(limit) is var more && more > limit)
        {
            limit = more;
        }

        return limit;
    }

    /// <summary>Those of all targets when all are probed at once.</summary>
    public static int Of(IReadOnlyCollection<TargetConfig> targets) => targets.Count(static target => !target.Endpoint.IsIncoming) is var connected and > 0
        ? (connected * OfConnection) + Math.Max(Seconds, connected / SecondsShare)
        : 0;
}
