using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.Persistence;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Scheduling;

namespace ZmqExporter.Tests.Persistence;

/// <summary>A state file, and exporters that start with it one after the other.</summary>
public abstract class StateFileTestBase : IDisposable
{
    private protected readonly string _directory = Directory.CreateTempSubdirectory("zmq_exporter-state-").FullName;
    private protected readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private protected readonly FakeLogCollector _logs = new();
    private protected StateKeeper? _saved;

    private protected string StatePath => Path.Combine(_directory, "state.json");

    public void Dispose()
    {
        _saved?.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static Target Target(TargetSet targets, string name) => targets.Set(TestTargets.Create(name));

    private protected static ProbeResult Answer(double seconds = 0.01) =>
        new() { Outcome = ProbeOutcome.OnTime, Reachable = true, Responsive = true, Ready = true, RoundTrip = TimeSpan.FromSeconds(seconds), Elapsed = TimeSpan.FromSeconds(seconds) };

    // As a start of the exporter: nothing is known but what the file says.
    private protected TargetSet Restart(string file = "state.json")
    {
        _saved?.Dispose();
        var targets = new TargetSet(_time);
        _saved = new StateKeeper(targets, new ExporterMetrics(targets, MetricsDetail.Full, _time).Self, _time, new FakeLogger<StateKeeper>(_logs));
        _saved.Begin(Path.Combine(_directory, file));
        return targets;
    }
}
