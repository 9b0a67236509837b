using System.Collections.Frozen;

namespace ZmqExporter.Metrics;

/// <summary>Label names, and what a label value may be.</summary>
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

    /// <summary>The text with control characters other than tab and line feed replaced by U+FFFD.</summary>
    /// <remarks>Prometheus' lexer takes a NUL for the end of the scrape: one bad label would hide every target.</remarks>
    public static string Clean(string value)
    {
        if (!value.Any(IsUnsafe))
        {
            return value;
        }

        return string.Create(value.Length, value, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = IsUnsafe(text[i]) ? '\uFFFD' : text[i];
            }
        });
    }

    private static bool IsUnsafe(char c) => char.IsControl(c) && c is not ('\t' or '\n');
}
