using System.Text;

namespace Zmtp.Security;

/// <summary>A security mechanism with our credentials. <see cref="object.ToString"/> shows no secret.</summary>
public abstract class ZmtpSecurity
{
    private ZmtpSecurity()
    {
    }

    /// <summary>No security (RFC 23).</summary>
    public static ZmtpSecurity Null { get; } = new NullSecurity();

    /// <summary>The mechanism's name in the greeting.</summary>
    public abstract string Mechanism { get; }

    /// <summary>The keys of CURVE, for whoever makes the connection with another library; null for other mechanisms.</summary>
    public virtual (CurvePublicKey Server, CurveKeyPair Client)? CurveKeys => null;

    /// <summary>What it means that the server's ZAP handler denies access, in words that fit after a semicolon.</summary>
    internal abstract string Denied { get; }

    /// <summary>User name and password in clear text (RFC 24).</summary>
    /// <exception cref="ArgumentException">One of them is longer than 255 bytes in UTF-8.</exception>
    public static ZmtpSecurity Plain(string username, string password) => new PlainSecurity(Bytes(username), Bytes(password));

    /// <summary>Encryption, and proof of both sides' keys (RFC 26).</summary>
    /// <param name="server">The server's permanent public key.</param>
    /// <param name="client">Our permanent key pair; servers may ask for a known one.</param>
    /// <param name="isMadeUp">Whether the pair is not one that somebody configured, so that no server can know it.</param>
    public static ZmtpSecurity Curve(CurvePublicKey server, CurveKeyPair client, bool isMadeUp = false) => new CurveSecurity(server, client, isMadeUp);

    /// <inheritdoc />
    public sealed override string ToString() => Mechanism;

    /// <summary>A fresh state machine for one connection.</summary>
    internal abstract ClientMechanism CreateClient();

    private static byte[] Bytes(string credential)
    {
        var bytes = Encoding.UTF8.GetBytes(credential);
        return bytes.Length <= byte.MaxValue
            ? bytes
            : throw new ArgumentException("RFC 24 allows at most 255 bytes for a user name or password.", nameof(credential));
    }

    private sealed class NullSecurity : ZmtpSecurity
    {
        public override string Mechanism => NullClient.MechanismName;

        internal override string Denied => "NULL has no credentials, so it is the exporter's address that is not allowed there";

        internal override ClientMechanism CreateClient() => new NullClient();
    }

    private sealed class PlainSecurity(byte[] username, byte[] password) : ZmtpSecurity
    {
        public override string Mechanism => PlainClient.MechanismName;

        internal override string Denied => "the user name or the password is wrong, or not allowed there";

        internal override ClientMechanism CreateClient() => new PlainClient(username, password);
    }

    private sealed class CurveSecurity(CurvePublicKey server, CurveKeyPair client, bool isMadeUp) : ZmtpSecurity
    {
        public override string Mechanism => CurveClient.MechanismName;

        public override (CurvePublicKey Server, CurveKeyPair Client)? CurveKeys => (server, client);

        internal override string Denied => isMadeUp
            ? $"no client_secret_key is set, so a key pair was made at the start; set one whose public key the server allows (that of this run is {client.PublicKey})"
            : $"our key is not allowed there: the server has to allow the public key {client.PublicKey}";

        internal override ClientMechanism CreateClient() => new CurveClient(server, client);
    }
}
