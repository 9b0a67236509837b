namespace ZmqExporter.Metrics;

/// <summary>The exporter's figures of itself. Thread-safe.</summary>
internal sealed class ExporterInstruments
{
    private int _calls;

    /// <summary>A probe starts, this long after it was due.</summary>
    public void ProbeStarted(TimeSpan scheduleDelay)
    {
        _calls++;
    }

    /// <summary>A probe ended.</summary>
    public void ProbeEnded()
    {
        _calls++;
    }

    /// <summary>Probes were due while the last one of their target still ran, or while we were stalled.</summary>
    public void ProbesSkipped(long count)
    {
        _calls++;
    }

    /// <summary>How many targets × modules are scheduled.</summary>
    public void SetTargets(int count)
    {
        _calls++;
    }
}
