using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZmqExporter.Background;
using ZmqExporter.Configuration;

namespace ZmqExporter.Discovery;

/// <summary>Follows the sources while the exporter probes: looks at the files each second, and asks the URLs when it is time.</summary>
/// <param name="sources">The sources.</param>
/// <param name="fetch">Asks a URL. Never throws.</param>
/// <param name="time">Its clock.</param>
/// <param name="logger">Hears of bugs.</param>
internal sealed partial class DiscoveryService(
    TargetSources sources,
    Func<TargetUrlConfig, CancellationToken, Task<FetchResult>> fetch,
    TimeProvider time,
    ILogger<DiscoveryService> logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Begins once the targets that are known are probed.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _running = RunAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => _running.WaitAsync(cancellationToken);

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        await Task.Yield();
        await PeriodicWork.RunAsync(Period, time, Look, exception => Log.Fault(logger, exception), beginsAtOnce: true, _stopping.Token);
    }

    private void Look()
    {
        foreach (var source in sources.TakeDue())
        {
            _ = AskAsync(source);
        }

        sources.Look();
    }

    private async Task AskAsync(HttpSource source)
    {
        try
        {
            // Not on the thread of this loop: what it reads before it first waits may take its time.
            var result = await Task.Run(() => fetch(source.Config, _stopping.Token), _stopping.Token);
            if (!_stopping.IsCancellationRequested)
            {
                sources.Answered(source, result);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // Nobody awaits it.
        catch (Exception exception)
        {
            Log.Fault(logger, exception);
        }
#pragma warning restore CA1031
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "a bug in zmq_exporter was contained: the sources of targets are looked at again")]
        public static partial void Fault(ILogger logger, Exception exception);
    }
}
