using ZmqExporter.Configuration;

namespace ZmqExporter;

/// <summary>Prints what is wrong with a configuration, the same for every command that reads one.</summary>
internal static class ConfigErrorReport
{
    /// <summary>One line an error.</summary>
    public static void Write(ConfigResult result, TextWriter error)
    {
        foreach (var configError in result.Errors)
        {
            error.WriteLine(configError.ToString());
        }
    }
}
