using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>The key <c>connection</c> of those probers that have it.</summary>
internal static class ConnectionKind
{
    /// <summary>True keeps the connection between probes, false makes one for each.</summary>
    public static Choice<bool> Choice { get; } = new("kind of connection", [("persistent", true), ("per_probe", false)]);
}
