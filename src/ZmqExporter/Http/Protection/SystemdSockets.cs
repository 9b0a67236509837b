using System.Globalization;
using System.Runtime.InteropServices;

namespace ZmqExporter.Http.Protection;

/// <summary>The sockets that systemd opens for a service (sd_listen_fds(3)).</summary>
internal static class SystemdSockets
{
    private const int First = 3; // SD_LISTEN_FDS_START

    /// <summary>Whether there are any.</summary>
    /// <param name="environment">Reads a variable.</param>
    /// <param name="process">Our id: the variables may be meant for another process.</param>
    public static bool Exist(Func<string, string?> environment, int process) =>
        environment("LISTEN_PID") == process.ToString(CultureInfo.InvariantCulture)
        && int.TryParse(environment("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count > 0;

    /// <summary>Keeps processes that this one starts from having the sockets, too: systemd passes them without that. Never throws.</summary>
    public static void CloseInChildren()
    {
        const int SetFlags = 2, CloseOnExec = 1; // F_SETFD, FD_CLOEXEC
        _ = int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        try
        {
            for (var descriptor = First; descriptor < First + count; descriptor++)
            {
                _ = Control(descriptor, SetFlags, CloseOnExec);
            }
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // No libc, and no systemd.
        }
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int descriptor, int command, int argument);
}
