namespace ZmqExporter.Metrics.Exposition;

/// <summary>Label names.</summary>
internal static class MetricLabels
{
    public const string Target = "target";
    public const string Module = "module";
    public const string State = "state";
    public const string To = "to";
    public const string Reason = "reason";
    public const string Mapping = "mapping";
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
    public const string Source = "source";
    public const string Url = "url";
    public const string Le = "le";
}
