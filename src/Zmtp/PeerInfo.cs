using System.Collections.Immutable;
using Zmtp.Wire;

namespace Zmtp;

/// <summary>What the peer said of itself in its greeting and its READY command.</summary>
/// <param name="VersionMajor">ZMTP major version from the greeting.</param>
/// <param name="VersionMinor">ZMTP minor version from the greeting.</param>
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

    /// <summary>Whether it announces ZMTP 3.1 (RFC 37) or later, and so the commands PING and SUBSCRIBE; ZMTP 3.0 (RFC 23) has neither.</summary>
    public bool HasZmtp31Commands => VersionMajor > 3 || (VersionMajor == 3 && VersionMinor >= 1);
}
