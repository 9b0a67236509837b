namespace ZmqExporter.Configuration.Reading;

/// <summary>Looks for what must not be shown: values of the environment, and what stands below a secret's key.</summary>
internal static class SecretsIn
{
    /// <summary>Whether there is any.</summary>
    public static bool Any(YamlNode node) => node switch
    {
        YamlScalar scalar => scalar.IsFromEnvironment,
        YamlSequence list => list.Items.Any(Any),
        YamlMapping mapping => mapping.Entries.Any(static entry => SecretKeys.Contains(entry.Key) || Any(entry.Value)),
        _ => false,
    };
}
