using ZmqExporter.Configuration;

namespace ZmqExporter.Tests.Configuration;

/// <summary>An environment and files that a test makes up.</summary>
internal static class ConfigInputsOf
{
    /// <summary>Inputs with these variables and files; nothing else is there.</summary>
    public static ConfigInputs Of(Dictionary<string, string>? variables = null, Dictionary<string, byte[]>? files = null) => new()
    {
        Environment = name => variables?.GetValueOrDefault(name),
        ReadFile = (path, limit) => files?.GetValueOrDefault(path) is { } bytes
            ? bytes[..Math.Min(limit, bytes.Length)]
            : throw new FileNotFoundException(null, path),
    };
}
