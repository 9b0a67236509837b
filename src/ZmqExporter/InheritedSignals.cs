using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace ZmqExporter;

/// <summary>
/// Whether a signal is ignored or blocked is inherited from whoever started this process. For SIGTERM nobody means that: it is how every
/// supervisor asks for an end, and what is left then is SIGKILL.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class InheritedSignals
{
    private const int Terminate = 15; // SIGTERM
    private const int Unblock = 1; // SIG_UNBLOCK
    private const nint Default = 0; // SIG_DFL
    private const nint Ignore = 1; // SIG_IGN
    private const int SetSize = 128; // sizeof(sigset_t), for glibc and musl
    private const int ActionSize = 256; // above sizeof(struct sigaction), which begins with the handler

    /// <summary>Makes SIGTERM reach this process. Called by its first thread before any handler is set. Never throws.</summary>
    public static void AcceptTermination()
    {
        try
        {
            var action = new byte[ActionSize];
            if (GetAction(Terminate, 0, action) == 0 && MemoryMarshal.Read<nint>(action) == Ignore)
            {
                _ = SetHandler(Terminate, Default);
            }

            var set = new byte[SetSize];
            set[(Terminate - 1) / 8] = 1 << ((Terminate - 1) % 8);
            _ = ChangeMask(Unblock, set, 0);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another libc: then it stays as it was inherited.
        }
    }

    [DllImport("libc", EntryPoint = "sigaction")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetAction(int signal, nint newAction, byte[] oldAction);

    [DllImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SetHandler(int signal, nint handler);

    [DllImport("libc", EntryPoint = "sigprocmask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeMask(int how, byte[] set, nint oldSet);
}
