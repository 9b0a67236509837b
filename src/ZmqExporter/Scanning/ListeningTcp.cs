using System.Net;

namespace ZmqExporter.Scanning;

/// <summary>A TCP socket that listens.</summary>
/// <param name="Address">Where.</param>
/// <param name="Inode">Its number.</param>
internal sealed record ListeningTcp(IPEndPoint Address, ulong Inode);
