using System.Globalization;

namespace Zmtp.Limits;

/// <summary>How many connections may be made to one address and port of a server. Immutable.</summary>
/// <remarks>
/// Each connection to the same address and port needs a local port of its own, and one that we closed in order keeps it for a minute
/// (TIME_WAIT). Measured on Linux 6.18 with its usual range of 28,232 ports: a connect takes 0.1 ms until half of them are in use, and
/// 7 ms from there on, because the kernel then searches the other half one by one, under a lock that closing a socket waits for.
/// </remarks>
internal sealed record ConnectLimits
{
    private const int UsualPorts = 60_999 - 32_768 + 1;
    private const double TimeWaitSeconds = 60; // TCP_TIMEWAIT_LEN, the same on every Linux
    private const double ReuseSeconds = 2; // tcp_tw_reuse takes those that are older than 1 s, by a clock of whole seconds

    // Of half of the ports. What is left is for kept connections, and for what the kernel does not do evenly.
    private const double Share = 0.95;
    private const double BurstShare = 0.075;
    private const double AtOnceShare = 0.3;

    /// <value>How many connections may be under way at the same time: of a server that does not answer, what thousands of probes come to. Kept ones that are open do not count.</value>
    public required int MaxAtOnce { get; init; }

    /// <value>How many connections may leave a port behind in one go.</value>
    public required double Burst { get; init; }

    /// <value>How many may do so in a second forever.</value>
    public required double PerSecond { get; init; }

    /// <value>What the kernel does with ports in TIME_WAIT.</value>
    public PortReuse Reuse { get; init; }

    /// <value>What a port that the kernel takes again early counts, against one that it keeps for a minute.</value>
    public double ReusableWeight { get; init; } = ReuseSeconds / TimeWaitSeconds;

    /// <summary>The limits of this host, as it was set up when this process started.</summary>
    public static ConnectLimits OfSystem { get; } = Of(
        ReadFirstLine("/proc/sys/net/ipv4/ip_local_port_range"), ReadFirstLine("/proc/sys/net/ipv4/tcp_tw_reuse"));

    /// <summary>The limits for the kernel's settings (ip-sysctl); what is missing or strange is taken for the usual.</summary>
    /// <param name="portRange">First and last port.</param>
    /// <param name="reuse">0, 1 or 2.</param>
    internal static ConnectLimits Of(string? portRange, string? reuse)
    {
        var half = Ports(portRange) / 2 * Share;
        return new ConnectLimits
        {
            MaxAtOnce = Math.Max(1, (int)(half * AtOnceShare)),
            Burst = Math.Max(1, half * BurstShare),
            PerSecond = half * (1 - BurstShare) / TimeWaitSeconds,
            Reuse = reuse?.Trim() switch
            {
                "1" => PortReuse.Everywhere,
                "2" => PortReuse.OnLoopback,
                _ => PortReuse.Nowhere,
            },
        };
    }

    private static int Ports(string? range)
    {
        var ends = (range ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return ends.Length == 2
            && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first <= last && last <= ushort.MaxValue
            ? last - first + 1
            : UsualPorts;
    }

    private static string? ReadFirstLine(string path)
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadLines(path).FirstOrDefault() : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // a sandbox without /proc
        }
    }
}
