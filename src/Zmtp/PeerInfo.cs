using System.Collections.Immutable;

namespace Zmtp;

/// <summary>What the peer said of itself in its greeting and its READY command.</summary>
/// <param name="VersionMajor">ZMTP major version from the greeting.</param>
/// <param name="VersionMinor">ZMTP minor version from the greeting; below 1 a missing PONG proves nothing.</param>
/// <param name="Mechanism">Security mechanism, in upper case: NULL, PLAIN or CURVE.</param>
/// <param name="SocketType">The Socket-Type property, or null when the peer did not send it.</param>
/// <param name="Metadata">Every other property by name, as text (bytes outside printable ASCII are escaped).</param>
public sealed record PeerInfo(
    int VersionMajor,
    int VersionMinor,
    string Mechanism,
    string? SocketType,
    ImmutableSortedDictionary<string, string> Metadata)
{
    /// <summary>The version as "3.1".</summary>
    public string Version => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{VersionMajor}.{VersionMinor}");
}
