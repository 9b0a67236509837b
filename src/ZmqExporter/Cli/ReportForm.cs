namespace ZmqExporter.Cli;

/// <summary>What the command <c>probe</c> prints.</summary>
internal enum ReportForm
{
    /// <summary>All that was seen, and the verdict in the last line.</summary>
    Text,

    /// <summary>An object on a line for each probe.</summary>
    Json,

    /// <summary>The verdict alone, as a Nagios plugin does.</summary>
    Nagios,
}
