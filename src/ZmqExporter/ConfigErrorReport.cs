using ZmqExporter.Configuration;

namespace ZmqExporter;

/// <summary>Prints what is wrong with a configuration, the same for every command that reads one.</summary>
internal static class ConfigErrorReport
{
    /// <summary>One line an error.</summary>
    public static void Write(ConfigResult result, TextWriter error) => Write(result.Errors, error);

    /// <summary>The same for any errors.</summary>
    public static void Write(EquatableArray<ConfigError> errors, TextWriter error)
    {
        foreach (var configError in errors)
        {
            error.WriteLine(configError.ToString());
        }
    }
}
