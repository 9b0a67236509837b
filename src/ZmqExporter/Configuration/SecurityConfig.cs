using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Zmtp.Security;

namespace ZmqExporter.Configuration;

/// <summary>A module's security section. <see cref="object.ToString"/> shows no secret.</summary>
internal abstract record SecurityConfig
{
    /// <summary>No security (RFC 23, NULL).</summary>
    internal sealed record Null : SecurityConfig;

    /// <summary>User name and password in clear text (RFC 24).</summary>
    internal sealed record Plain(string Username, Secret Password) : SecurityConfig;

    /// <summary>Encryption, and proof of both sides' keys (RFC 26).</summary>
    /// <param name="Server">The server's public key.</param>
    /// <param name="Client">Our pair; that of this process when the file names none.</param>
    internal sealed record Curve(CurvePublicKey Server, CurveKeyPair Client) : SecurityConfig
    {
        /// <value>Whether the file names no pair.</value>
        public bool IsClientMadeUp { get; init; }
    }
}

/// <summary>A value that must never be shown: its text is masked wherever it is printed.</summary>
internal sealed record Secret(string Value)
{
    /// <summary>Compares in a time that does not tell where the two differ.</summary>
    public bool Equals(Secret? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(Value.AsSpan()), MemoryMarshal.AsBytes(other.Value.AsSpan()));

    /// <inheritdoc />
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The mask, never the value.</summary>
    public override string ToString() => "<secret>";
}
