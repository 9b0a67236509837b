using Microsoft.Extensions.Logging;

namespace ZmqExporter.Logging;

/// <summary>How the exporter logs; always to the standard error stream.</summary>
/// <param name="Level">Nothing below it is logged.</param>
/// <param name="Format">How lines look.</param>
internal sealed record LogSettings(LogLevel Level, LogFormat Format);

/// <summary>The forms of a log line.</summary>
internal enum LogFormat
{
    /// <summary>key=value pairs, as Prometheus logs.</summary>
    Logfmt,

    /// <summary>One JSON object a line.</summary>
    Json,
}
