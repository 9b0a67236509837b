using System.Globalization;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>What NetMQ needs of the system, in its worker process.</summary>
internal static class NetMqLimits
{
    /// <summary>File descriptors of a connection: two for the mailbox of each of three sockets, one for TCP.</summary>
    public const int Descriptors = 7;

    /// <summary>NetMQ sockets of a connection: its own, and both ends of its monitor.</summary>
    public const int SocketsOfConnection = 3;

    // NetMQ has a table of them, at 24 bytes a connection.
    private const int MostConnections = 20_000;

    // .NET, NetMQ's threads, sockets that it is about to close, and connections that are kept for late replies.
    private const int Reserve = 550 + (NetMqLink.MostLateReplies * Descriptors);

    /// <summary>How many connections a worker may have, whatever is probed now: a reload may bring more.</summary>
    /// <param name="limit">How many files a process may open.</param>
    public static int ConnectionsFor(int limit) => Math.Clamp((limit - Math.Min(Reserve, limit / 2)) / Descriptors, 1, MostConnections);

    /// <summary>Checks the limit of open files.</summary>
    /// <param name="targets">Targets that are probed through NetMQ.</param>
    /// <param name="limit">How many files a process may open.</param>
    /// <param name="sufficient">A number that suffices as far as everybody else is concerned: the one that is said is not below it.</param>
    /// <returns>What is wrong and how to mend it, or null.</returns>
    public static string? Problem(int targets, double limit, int sufficient = 0)
    {
        var needed = (Descriptors * targets) + Reserve;
        var enough = Math.Max(needed, sufficient);
        return targets == 0 || needed <= limit
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{targets} targets with client: netmq need {Descriptors} file descriptors each, about {enough} with everything else, and a process may open {limit} here: raise the limit (ulimit -n {enough}, or LimitNOFILE={enough} in the systemd unit), or probe some of them with client: zmtp");
    }
}
