using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>The numbers of a feed: the latest one of each metric and label set. Thread-safe.</summary>
internal sealed class LatestValues
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Metric, EquatableArray<string> Labels), ValueSample> _samples = [];
    private readonly Dictionary<string, int> _series = new(StringComparer.Ordinal);
    private int _dropped;

    /// <summary>Takes those of the next message.</summary>
    public void Add(MessageValues values)
    {
        lock (_lock)
        {
            _dropped += values.Dropped;
            foreach (var sample in values.Samples)
            {
                var key = (sample.Value.Metric, sample.Labels);
                if (!_samples.ContainsKey(key))
                {
                    var series = _series.GetValueOrDefault(sample.Value.Metric);
                    if (series >= sample.Value.MaxSeries)
                    {
                        _dropped++;
                        continue;
                    }

                    _series[sample.Value.Metric] = series + 1;
                }

                _samples[key] = sample;
            }
        }
    }

    /// <summary>Forgets them, so that they take no room from those that come.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _samples.Clear();
            _series.Clear();
        }
    }

    /// <summary>All of them; what was dropped is counted from here on.</summary>
    public MessageValues Take()
    {
        lock (_lock)
        {
            var taken = new MessageValues([.. _samples.Values], _dropped);
            _dropped = 0;
            return taken;
        }
    }
}
