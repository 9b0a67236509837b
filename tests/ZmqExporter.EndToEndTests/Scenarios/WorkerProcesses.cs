using System.Globalization;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>The workers that an exporter has started, as /proc shows them.</summary>
internal static class WorkerProcesses
{
    /// <summary>The ids of those that live.</summary>
    public static string[] Of(ExporterProcess exporter) => Of(exporter.Process.Id);

    /// <inheritdoc cref="Of(ExporterProcess)" />
    public static string[] Of(int exporter) =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName).OfType<string>()
            .Where(id => id.All(char.IsAsciiDigit) && ParentOf(id) == exporter && HasBegun(id)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether a process has ended.</summary>
    public static bool IsGone(string process) => ParentOf(process) == 0;

    /// <summary>What its descriptors lead to, such as "socket:[4711]". Those that are closed meanwhile are none any more.</summary>
    public static string[] FilesOf(string process) =>
        [.. Directory.GetFiles($"/proc/{process}/fd").Select(static file => new FileInfo(file).LinkTarget).OfType<string>()];

    /// <summary>Sends a signal.</summary>
    public static async Task SignalAsync(string process, string signal)
    {
        await using var kill = ChildProcess.Start("/bin/sh", ["-c", $"kill -{signal} {process}"], "install dash");
        Assert.Equal(0, await kill.WaitForExitAsync());
    }

    // Between fork and exec it is a second exporter, with all that the exporter has.
    private static bool HasBegun(string process) => Read(process, "cmdline").Contains("netmq-worker", StringComparison.Ordinal);

    // proc_pid_stat(5): state and parent follow a name in parentheses. What is dead and not yet waited for is none any more.
    private static int ParentOf(string process)
    {
        var stat = Read(process, "stat");
        return stat[(stat.LastIndexOf(')') + 1)..].Split(' ') is [_, not "Z", var parent, ..] ? int.Parse(parent, CultureInfo.InvariantCulture) : 0;
    }

    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended
        }
    }
}
