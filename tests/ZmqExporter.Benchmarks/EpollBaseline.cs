using System.Diagnostics;
using System.Globalization;

namespace ZmqExporter.Benchmarks;

/// <summary>The least that a probe can cost: the program in <c>Baseline/epoll_baseline.c</c>, compiled when it is wanted.</summary>
internal static class EpollBaseline
{
    /// <summary>Runs it.</summary>
    /// <param name="endpoint">A REP server that says "pong", <c>tcp://127.0.0.1:PORT</c>.</param>
    /// <param name="count">How many connections, each of which asks once a second.</param>
    /// <param name="duration">For how long, in whole seconds.</param>
    /// <returns>The CPU time of a probe, how many there were and how many had no answer when the next was due; null without a C compiler.</returns>
    public static async Task<(double Microseconds, long Probes, long Missed)?> RunAsync(string endpoint, int count, TimeSpan duration)
    {
        var directory = Directory.CreateTempSubdirectory("zmq_exporter-baseline-");
        try
        {
            var program = Path.Combine(directory.FullName, "epoll_baseline");
            var source = Path.Combine(AppContext.BaseDirectory, "Baseline", "epoll_baseline.c");
            if (await TryRunAsync("cc", "-O2", source, "-o", program) is null)
            {
                return null;
            }

            var seconds = ((int)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            var port = endpoint[(endpoint.LastIndexOf(':') + 1)..];
            var output = await TryRunAsync(program, port, count.ToString(CultureInfo.InvariantCulture), seconds)
                ?? throw new InvalidOperationException("The baseline failed.");
            var words = output.Split(' ');
            return (
                double.Parse(words[0], CultureInfo.InvariantCulture),
                long.Parse(words[1], CultureInfo.InvariantCulture),
                long.Parse(words[2], CultureInfo.InvariantCulture));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    // What it printed; null when it cannot be started or failed.
    private static async Task<string?> TryRunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
