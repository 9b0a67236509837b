using System.Globalization;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>The processes that an exporter has started, as /proc shows them.</summary>
internal static class WorkerProcesses
{
    /// <summary>The ids of those that live.</summary>
    public static string[] Of(ExporterProcess exporter) => Of(exporter.Process.Id);

    /// <inheritdoc cref="Of(ExporterProcess)" />
    public static string[] Of(int exporter) =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName).OfType<string>()
            .Where(id => id.All(char.IsAsciiDigit) && ParentOf(id) == exporter).Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether a process has ended.</summary>
    public static bool IsGone(string process) => ParentOf(process) == 0;

    /// <summary>Sends a signal.</summary>
    public static async Task SignalAsync(string process, string signal)
    {
        await using var kill = ChildProcess.Start("/bin/sh", ["-c", $"kill -{signal} {process}"], "install dash");
        Assert.Equal(0, await kill.WaitForExitAsync());
    }

    // proc_pid_stat(5): state and parent follow a name in parentheses. What is dead and not yet waited for is none any more.
    private static int ParentOf(string process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [not "Z", var parent, ..] ? int.Parse(parent, CultureInfo.InvariantCulture) : 0;
        }
        catch (IOException)
        {
            return 0; // it has ended
        }
    }
}
