namespace ZmqExporter.Logging;

/// <summary>Names of events that mean something to the log itself.</summary>
internal static class LogEvents
{
    /// <summary>
    /// How the names of events begin that limit themselves, because the code that logs them knows what may be left out. All other warnings and errors are
    /// limited by <see cref="LineLimit"/>.
    /// </summary>
    public const string SelfLimited = "SelfLimited.";
}
