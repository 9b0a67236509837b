using System.Reflection;

namespace ZmqExporter.Metrics;

/// <summary>Which build this is.</summary>
/// <param name="Version">Semantic version, such as "0.1.0".</param>
/// <param name="Revision">Commit it was built from, or "unknown".</param>
internal sealed record BuildInfo(string Version, string Revision)
{
    /// <summary>The running build.</summary>
    public static BuildInfo Current { get; } = Parse(
        typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0");

    /// <summary>Splits an informational version such as "0.1.0+3f2c9a": the SDK appends the commit after a plus.</summary>
    public static BuildInfo Parse(string informationalVersion)
    {
        var plus = informationalVersion.IndexOf('+', StringComparison.Ordinal);
        return plus < 0
            ? new BuildInfo(informationalVersion, "unknown")
            : new BuildInfo(informationalVersion[..plus], informationalVersion[(plus + 1)..]);
    }
}
