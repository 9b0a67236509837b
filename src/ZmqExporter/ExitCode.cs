namespace ZmqExporter;

/// <summary>The exit codes of every command but <c>probe</c>, which exits as a Nagios plugin does.</summary>
internal static class ExitCode
{
    /// <summary>Done, or stopped by a signal in good order.</summary>
    public const int Ok = 0;

    /// <summary>The configuration is wrong, the start failed, or the exporter is unhealthy.</summary>
    public const int Failed = 1;

    /// <summary>The command line cannot be understood.</summary>
    public const int Usage = 3;
}
