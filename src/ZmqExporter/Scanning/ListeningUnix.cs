namespace ZmqExporter.Scanning;

/// <summary>A Unix socket that listens.</summary>
/// <param name="Path">A path, or a name behind an @.</param>
/// <param name="Inode">Its number.</param>
internal sealed record ListeningUnix(string Path, ulong Inode);
