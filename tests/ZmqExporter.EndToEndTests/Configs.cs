namespace ZmqExporter.EndToEndTests;

/// <summary>Configurations that several tests serve.</summary>
internal static class Configs
{
    /// <summary>Valid, with nothing to probe.</summary>
    public const string Nothing = "modules: {}\ntargets: []\n";

    /// <summary>One target where nothing listens.</summary>
    public const string Refused =
        """
        modules:
          ping: {prober: request, socket: req, send: [ping], expect: [{equals: pong}]}
        targets:
          - {name: refused, endpoint: "tcp://127.0.0.1:1", modules: [ping]}

        """;
}
