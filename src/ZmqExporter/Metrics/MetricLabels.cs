using System.Collections.Frozen;

namespace ZmqExporter.Metrics;

/// <summary>Label names.</summary>
internal static class MetricLabels
{
    public const string Target = "target";
    public const string Module = "module";
    public const string State = "state";
    public const string To = "to";
    public const string Reason = "reason";
    public const string Phase = "phase";
    public const string Event = "event";
    public const string Endpoint = "endpoint";
    public const string Prober = "prober";
    public const string Client = "client";
    public const string ZmtpVersion = "zmtp_version";
    public const string Mechanism = "mechanism";
    public const string SocketType = "socket_type";
    public const string Version = "version";
    public const string Revision = "revision";
    public const string Generation = "generation";

    /// <summary>Names that a target's own label cannot take: ours, the histogram's, and those that Prometheus sets when it scrapes.</summary>
    public static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        [Target, Module, State, To, Reason, Phase, Event, Endpoint, Prober, Client, ZmtpVersion, Mechanism, SocketType,
            "le", "quantile", "instance", "job"],
        StringComparer.Ordinal);
}
