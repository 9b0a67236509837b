using System.Collections.Immutable;

namespace ZmqExporter.Configuration;

/// <summary>How the config of one prober is compiled.</summary>
/// <param name="Name">The value of <c>prober:</c>.</param>
/// <param name="Keys">Its keys in a module.</param>
/// <param name="Parts">The tables of the sections below those keys.</param>
/// <param name="Compile">Compiles the prober's keys of a module; null after an error.</param>
internal sealed record ProberCompiler(string Name, KeyTable Keys, ImmutableArray<KeyTable> Parts, Func<ModuleChain, ProberConfig?> Compile)
{
    /// <summary>The probers of this version. A new one is a line here.</summary>
    public static ImmutableArray<ProberCompiler> All { get; } =
    [
        new("request", RequestProberCompiler.Keys, RequestProberCompiler.Parts, RequestProberCompiler.Compile),
        new("handshake", HandshakeProberCompiler.Keys, [], HandshakeProberCompiler.Compile),
        new("subscribe", SubscribeProberCompiler.Keys, SubscribeProberCompiler.Parts, SubscribeProberCompiler.Compile),
    ];

    /// <summary>Reads <c>prober:</c>.</summary>
    public static Choice<ProberCompiler> Choice { get; } = new("prober", [.. All.Select(prober => (prober.Name, prober))]);

    /// <summary>All key tables of the prober.</summary>
    public IEnumerable<KeyTable> Tables => Parts.Prepend(Keys);
}
