namespace Zmtp.Security;

/// <summary>Who a peer has proved to be. Immutable.</summary>
/// <param name="Name">For people: <c>user "backup"</c> or <c>key …</c>.</param>
public abstract record ListenerIdentity(string Name)
{
    /// <summary>A user of PLAIN, by the password that the peer gave: a hash, to be compared.</summary>
    internal sealed record User(string Username, string PasswordHash) : ListenerIdentity($"user {Wire.Excerpt.Whole(System.Text.Encoding.UTF8.GetBytes(Username))}")
    {
        /// <inheritdoc />
        public override string ToString() => Name;
    }

    /// <summary>The holder of a key, as the server of another one.</summary>
    internal sealed record Key(CurvePublicKey Client, CurvePublicKey Server) : ListenerIdentity($"key {Client}")
    {
        /// <inheritdoc />
        public override string ToString() => Name;
    }
}
