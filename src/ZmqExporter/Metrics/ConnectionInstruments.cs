using System.Text.Json;
using Prometheus;
using Zmtp;

namespace ZmqExporter.Metrics;

/// <summary>What happened to the connections.</summary>
internal sealed class ConnectionFamilies(FamilyFactory families)
{
    public Counter Events { get; } = families.Counter(
        MetricNames.ConnectionEvents, "Events of the connection, under the names of libzmq's socket monitor.", MetricLabels.Event);
}

/// <summary>A target's connection events. Thread-safe.</summary>
internal sealed class ConnectionInstruments(ConnectionFamilies families, TargetSeries series)
{
    private static readonly string[] Labels =
        [.. Enum.GetNames<ConnectionEvent>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    private readonly Counter.Child[] _events = [.. Labels.Select(label => series.Add(families.Events, label))];

    /// <summary>Counts one event.</summary>
    public void Record(ConnectionEvent connectionEvent) => _events[(int)connectionEvent].Inc();
}
