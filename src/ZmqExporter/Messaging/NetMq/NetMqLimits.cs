using System.Globalization;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>What NetMQ needs of the system.</summary>
internal static class NetMqLimits
{
    // .NET, HTTP, the reserve of the process, log and configuration, what a few restarts of NetMQ leave behind; and connections that are kept
    // for late replies.
    private const int Reserve = 550 + (LateReply.MaxPerProcess * NetMqConnection.Descriptors);

    // The threads of NetMQ, what a restart leaves behind, and something for everybody else.
    private const int RestartReserve = 100;

    /// <summary>How many NetMQ sockets this many targets may need: twice, because a new one may come before the old one is gone.</summary>
    public static int SocketsFor(int targets) => 1000 + (2 * NetMqConnection.Sockets * targets);

    /// <summary>Whether descriptors are left for these targets and for a few more restarts, when none of their sockets is open.</summary>
    public static bool Suffices(int netMqTargets, double free) => (NetMqConnection.Descriptors * netMqTargets) + RestartReserve <= free;

    /// <summary>Checks the limit of open files.</summary>
    /// <param name="netMqTargets">Targets that are probed through NetMQ.</param>
    /// <param name="otherTargets">The others.</param>
    /// <param name="limit">How many files this process may open.</param>
    /// <param name="sufficient">A number that suffices as far as everybody else is concerned: the one that is said is not below it.</param>
    /// <returns>What is wrong and how to mend it, or null.</returns>
    public static string? Problem(int netMqTargets, int otherTargets, double limit, int sufficient = 0)
    {
        var needed = (NetMqConnection.Descriptors * netMqTargets) + otherTargets + Reserve;
        return netMqTargets == 0 || needed <= limit
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{netMqTargets} targets with client: netmq need {NetMqConnection.Descriptors} file descriptors each, about {Math.Max(needed, sufficient)} with everything else, and this process may open {limit}: raise the limit (ulimit -n {Math.Max(needed, sufficient)}, or LimitNOFILE={Math.Max(needed, sufficient)} in the systemd unit), or probe some of them with client: zmtp");
    }
}
