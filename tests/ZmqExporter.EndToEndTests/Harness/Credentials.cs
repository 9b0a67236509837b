using Zmtp.Security;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>Keys and a password for servers of the tests, and a module's <c>security</c> section with them.</summary>
internal static class Credentials
{
    /// <summary>The user that PLAIN servers know.</summary>
    public const string User = "probe";

    /// <summary>That user's password.</summary>
    public const string Password = "p4ssw0rd-that-nobody-may-see";

    /// <summary>The pair of CURVE servers: a secret key of zmq_curve_keypair(3).</summary>
    public static readonly CurveKeyPair Server = Pair("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");

    /// <summary>The pair of CURVE clients: the other example of that manual page.</summary>
    public static readonly CurveKeyPair Client = Pair("D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs");

    /// <summary>The section of PLAIN.</summary>
    public static string Plain(string username, string password) => $"{{mechanism: plain, username: {username}, password: {password}}}";

    /// <summary>The section of CURVE; without a client the exporter takes a key of its own.</summary>
    public static string Curve(CurvePublicKey server, CurveKeyPair? client) =>
        $"{{mechanism: curve, server_public_key: '{server}'{(client is null ? "" : $", client_secret_key: '{client.ExportSecretKey()}'")}}}";

    /// <summary>The section that is right for servers of this mechanism.</summary>
    public static string Right(string mechanism) => mechanism switch
    {
        "plain" => Plain(User, Password),
        "curve" => Curve(Server.PublicKey, Client),
        _ => "{mechanism: null}",
    };

    private static CurveKeyPair Pair(string secretKey) =>
        CurveKeyPair.TryParse(secretKey, out var pair, out var problem) ? pair : throw new ArgumentException(problem, nameof(secretKey));
}
