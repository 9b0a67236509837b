using System.Collections.Immutable;
using System.Security.Cryptography;

namespace TestSupport;

/// <summary>The files that the web configs of the tests name. Made once, by name and text.</summary>
internal static class WebConfigFiles
{
    /// <summary>All of them.</summary>
    public static ImmutableSortedDictionary<string, string> All { get; } = Make();

    /// <summary>Writes them into a directory.</summary>
    public static void WriteTo(string directory)
    {
        foreach (var (name, text) in All)
        {
            File.WriteAllText(Path.Combine(directory, name), text);
        }
    }

    private static ImmutableSortedDictionary<string, string> Make()
    {
        using var authority = new TestAuthority("test root");
        using var other = new TestAuthority("another root");
        var (certificate, key) = authority.IssueServer("server");
        var (expired, expiredKey) = authority.IssueServer("expired", TimeSpan.FromDays(3));
        using var secret = ECDsa.Create();
        secret.ImportFromPem(key);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["good.crt"] = certificate,
            ["good.key"] = key,
            ["expired.crt"] = expired,
            ["expired.key"] = expiredKey,
            ["other.key"] = other.IssueServer("other").Key,
            ["encrypted.key"] = secret.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)),
            ["ca.crt"] = authority.Pem,
            ["junk.pem"] = "hunter2\n",
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }
}
