using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// A loopback peer inside this process that is probed like a target, between the others. It answers at once, so whatever its probes
/// measure beyond zero is our own error: this process did not get to run, or its machine is overloaded.
/// </summary>
internal sealed class Canary : TimerEntry, IThreadPoolWorkItem, IHostedService, IDisposable
{
    /// <summary>Time between two probes of the canary.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly ProberFactory _probers;
    private readonly TimerQueue _timers;
    private readonly MeasurementError _error;
    private readonly Action<TimeSpan> _observe;
    private readonly CancellationTokenSource _stopping = new();
    private LoopbackPeer? _peer;
    private IProber? _prober;
    private Timestamp _due;
    private int _isProbing;

    /// <param name="probers">Makes its prober.</param>
    /// <param name="timers">The clock of its due times.</param>
    /// <param name="error">Where it reports.</param>
    /// <param name="observe">Takes each error for the metrics.</param>
    public Canary(ProberFactory probers, TimerQueue timers, MeasurementError error, Action<TimeSpan> observe)
    {
        _probers = probers;
        _timers = timers;
        _error = error;
        _observe = observe;
    }

    /// <summary>Starts. When this has returned, the sockets are open that it keeps, if that is possible at all.</summary>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (TryPrepare(out var prober))
            {
                await prober.ProbeAsync(cancellationToken);
                await Task.Yield(); // our caller must not go on, on the thread that reads the canary's connection
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        ScheduleNext(_timers.Now);
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        _timers.Cancel(this);
        _error.Expect(Timestamp.None);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _timers.Cancel(this);
        _prober?.Dispose();
        _peer?.Dispose();
        _stopping.Dispose();
    }

    /// <inheritdoc />
    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    /// <inheritdoc />
    protected override void OnDue(Timestamp due, Timestamp now)
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        // From now and not from when it was due: after a stall there is nothing to make up for.
        ScheduleNext(now);
        if (Interlocked.Exchange(ref _isProbing, 1) == 0)
        {
            _due = due;
            _error.Begin(due);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void ScheduleNext(Timestamp now)
    {
        var next = now + Interval;
        _error.Expect(next);
        _timers.Schedule(this, next);
    }

    private async Task RunAsync()
    {
        var isAnswered = false;
        try
        {
            if (TryPrepare(out var prober))
            {
                var result = await prober.ProbeAsync(_stopping.Token);
                isAnswered = result.Reason is null;
                if (!_stopping.IsCancellationRequested)
                {
                    _observe(result.RoundTrip ?? (_timers.Now - _due));
                }
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or OperationCanceledException)
        {
            // The exporter stops.
        }
        finally
        {
            _error.End(isAnswered);
            Volatile.Write(ref _isProbing, 0);
        }
    }

    private static LoopbackPeer NewPeer()
    {
        var peer = new LoopbackPeer();
        peer.KeepArrivalsNoted();
        return peer;
    }

    private bool TryPrepare(out IProber prober)
    {
        if (_prober is null)
        {
            try
            {
                _peer ??= NewPeer();
                _prober = _probers.CreateBare(_peer.Target("canary", LoopbackPeer.Echo, MessagingClient.Zmtp), new NoObserver());
            }
            catch (SocketException)
            {
                // No loopback, or no descriptors at this moment: the next turn tries again.
            }
        }

        prober = _prober!;
        return _prober is not null;
    }
}
