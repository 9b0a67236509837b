using System.Collections.Frozen;

namespace ZmqExporter.Configuration;

/// <summary>Keys whose values are never shown.</summary>
internal static class SecretKeys
{
    private static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet(["password", "client_secret_key", "server_secret_key", "credentials"], StringComparer.Ordinal);

    /// <summary>Whether the value below a key is a secret.</summary>
    public static bool Contains(string key) => All.Contains(key);

    /// <summary>Whether it may be one by mistake: who mixes up two keys must not find the secret in an error.</summary>
    public static bool MayHold(string key) => Contains(key) || key.EndsWith("_file", StringComparison.Ordinal) || key.EndsWith("_key", StringComparison.Ordinal);
}
