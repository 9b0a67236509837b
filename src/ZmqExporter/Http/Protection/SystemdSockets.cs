using System.Globalization;

namespace ZmqExporter.Http.Protection;

/// <summary>The sockets that systemd opens for a service (sd_listen_fds(3)).</summary>
internal static class SystemdSockets
{
    /// <summary>Whether there are any.</summary>
    /// <param name="environment">Reads a variable.</param>
    /// <param name="process">Our id: the variables may be meant for another process.</param>
    public static bool Exist(Func<string, string?> environment, int process) =>
        environment("LISTEN_PID") == process.ToString(CultureInfo.InvariantCulture)
        && int.TryParse(environment("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count > 0;
}
