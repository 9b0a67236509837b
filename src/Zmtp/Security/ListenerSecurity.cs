using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Zmtp.Security;

/// <summary>A security mechanism and whom it lets in. Immutable; <see cref="object.ToString"/> shows no secret.</summary>
public abstract class ListenerSecurity
{
    private ListenerSecurity()
    {
    }

    /// <summary>Everybody (RFC 23).</summary>
    public static ListenerSecurity Null { get; } = new Open();

    /// <summary>The mechanism's name in the greeting.</summary>
    public abstract string Mechanism { get; }

    /// <summary>Users with passwords in clear text (RFC 24).</summary>
    /// <param name="users">Names and passwords, no name twice.</param>
    public static ListenerSecurity Plain(IEnumerable<KeyValuePair<string, string>> users) => new Users(users);

    /// <summary>Encryption, and proof of both sides' keys (RFC 26).</summary>
    /// <param name="server">Our permanent pair.</param>
    /// <param name="clients">The permanent keys of clients that may come.</param>
    public static ListenerSecurity Curve(CurveKeyPair server, IEnumerable<CurvePublicKey> clients) => new Keys(server, clients);

    /// <inheritdoc />
    public sealed override string ToString() => Mechanism;

    /// <summary>Whether a peer that came earlier, perhaps under another configuration, might come now.</summary>
    /// <param name="identity">Who it proved to be; null when it had to prove nothing.</param>
    internal abstract bool Allows(ListenerIdentity? identity);

    /// <summary>A fresh state machine for one connection.</summary>
    internal abstract ServerMechanism CreateServer();

    /// <summary>What stands for a password in memory, and has the same length for all of them.</summary>
    internal static string HashOf(ReadOnlySpan<byte> password) => Convert.ToHexString(SHA256.HashData(password));

    private sealed class Open : ListenerSecurity
    {
        public override string Mechanism => NullClient.MechanismName;

        internal override bool Allows(ListenerIdentity? identity) => identity is null;

        internal override ServerMechanism CreateServer() => new NullServerMechanism();
    }

    private sealed class Users(IEnumerable<KeyValuePair<string, string>> users) : ListenerSecurity
    {
        private static readonly string Nobodys = HashOf(RandomNumberGenerator.GetBytes(32));

        private readonly FrozenDictionary<string, string> _hashes = users.ToFrozenDictionary(user => user.Key, user => HashOf(Encoding.UTF8.GetBytes(user.Value)), StringComparer.Ordinal);

        public override string Mechanism => PlainClient.MechanismName;

        // Takes as long for a name that there is not.
        internal override bool Allows(ListenerIdentity? identity) =>
            identity is ListenerIdentity.User user
            && CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(_hashes.GetValueOrDefault(user.Username, Nobodys)), Encoding.ASCII.GetBytes(user.PasswordHash));

        internal override ServerMechanism CreateServer() => new PlainServerMechanism(Allows);
    }

    private sealed class Keys(CurveKeyPair server, IEnumerable<CurvePublicKey> clients) : ListenerSecurity
    {
        private readonly FrozenSet<CurvePublicKey> _clients = clients.ToFrozenSet();

        public override string Mechanism => CurveClient.MechanismName;

        internal override bool Allows(ListenerIdentity? identity) =>
            identity is ListenerIdentity.Key key && key.Server.Equals(server.PublicKey) && _clients.Contains(key.Client);

        internal override ServerMechanism CreateServer() => new CurveServerMechanism(server, _clients.Contains);
    }
}
