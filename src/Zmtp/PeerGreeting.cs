namespace Zmtp;

/// <summary>What a peer's greeting says (RFC 37, "The greeting").</summary>
/// <param name="VersionMajor">ZMTP major version, 3 or higher.</param>
/// <param name="VersionMinor">ZMTP minor version.</param>
/// <param name="Mechanism">Security mechanism, in upper case: NULL, PLAIN, CURVE or one that we do not know.</param>
public sealed record PeerGreeting(int VersionMajor, int VersionMinor, string Mechanism)
{
    /// <summary>The version as "3.1".</summary>
    public string Version => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{VersionMajor}.{VersionMinor}");
}
