using System.Text.Json;
using Prometheus;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Metrics;

/// <summary>What happened to the connections.</summary>
internal sealed class ConnectionFamilies(FamilyFactory families)
{
    public Counter Events { get; } = families.Counter(
        MetricNames.ConnectionEvents, "Events of the connection, under the names of libzmq's socket monitor.", MetricLabels.Event);
}

/// <summary>A target's connection events. Thread-safe.</summary>
internal sealed class ConnectionInstruments
{
    private readonly Counter.Child?[] _events;

    /// <param name="families">Where the series belong.</param>
    /// <param name="series">The target's series.</param>
    /// <param name="client">Which events there can be: each client has its own.</param>
    public ConnectionInstruments(ConnectionFamilies families, TargetSeries series, MessagingClient client)
    {
        _events = [.. Enum.GetValues<ConnectionEvent>().Select(one => Exists(one, client) ? series.Add(families.Events, Label(one)) : null)];
    }

    /// <summary>Counts one event.</summary>
    public void Record(ConnectionEvent connectionEvent) => _events[(int)connectionEvent]?.Inc();

    private static string Label(ConnectionEvent connectionEvent) => JsonNamingPolicy.SnakeCaseLower.ConvertName(connectionEvent.ToString());

    // NetMQ's monitor tells nothing of handshakes, and our own client's sockets do not fail to close.
    private static bool Exists(ConnectionEvent connectionEvent, MessagingClient client) => connectionEvent switch
    {
        ConnectionEvent.HandshakeSucceeded or ConnectionEvent.HandshakeFailed => client == MessagingClient.Zmtp,
        ConnectionEvent.CloseFailed => client == MessagingClient.NetMq,
        _ => true,
    };
}
