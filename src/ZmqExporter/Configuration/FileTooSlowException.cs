namespace ZmqExporter.Configuration;

/// <summary>A file was not read in time, as on a network file system whose server is gone. The thread that reads it may wait forever.</summary>
/// <param name="limit">How long it had.</param>
internal sealed class FileTooSlowException(TimeSpan limit) : IOException($"not within {Durations.Show(limit)}");
