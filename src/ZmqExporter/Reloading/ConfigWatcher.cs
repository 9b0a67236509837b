using Microsoft.Extensions.Hosting;
using ZmqExporter.Configuration;

namespace ZmqExporter.Reloading;

/// <summary>
/// <c>--config.auto-reload</c>: reloads when the files change that were read for the config. It looks at them now and then: a watch of the
/// kernel's would miss what happens behind links and on file systems of other hosts.
/// </summary>
/// <param name="files">The files as they were when they were last read.</param>
/// <param name="stateOf">The state of a file now.</param>
/// <param name="reload">Reloads; after that the files are others.</param>
/// <param name="time">Its clock.</param>
internal sealed class ConfigWatcher(
    Func<EquatableArray<FileState>> files, Func<string, string> stateOf, Func<Task> reload, TimeProvider time) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        EquatableArray<FileState> before = [];
        do
        {
            // Somebody may be writing still: what has not changed since the last look is whole, as far as anybody can know.
            var read = files();
            EquatableArray<FileState> now = [.. read.Select(file => file with { Fingerprint = stateOf(file.Path) })];
            if (now != read && now == before)
            {
                await reload();
            }

            before = now;
        }
        while (await NextAsync(timer, stoppingToken));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
