using Zmtp;

namespace ZmqExporter.Configuration;

/// <summary>One thing that is probed: a target of the file with one of its modules, every default already merged in.</summary>
/// <param name="Name">The <c>target</c> label.</param>
/// <param name="Endpoint">Where the server listens.</param>
/// <param name="Module">How it is probed, with the target's own overrides applied; its name is the <c>module</c> label.</param>
/// <param name="Labels">The target's own labels, by name.</param>
internal sealed record TargetConfig(
    string Name,
    ZmtpEndpoint Endpoint,
    ModuleConfig Module,
    EquatableMap<string> Labels)
{
    /// <value>Where a loop comes out again; null for modules that use one endpoint.</value>
    public ZmtpEndpoint? ReturnEndpoint { get; init; }
}
