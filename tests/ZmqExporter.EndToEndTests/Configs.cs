namespace ZmqExporter.EndToEndTests;

/// <summary>Configurations that several tests serve.</summary>
internal static class Configs
{
    /// <summary>Valid, with nothing to probe.</summary>
    public const string Nothing = "modules: {}\ntargets: []\n";
}
