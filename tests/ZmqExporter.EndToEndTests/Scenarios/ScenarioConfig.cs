using System.Text;
using ZmqExporter.EndToEndTests.Messaging;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>Configs of the scenarios: short intervals, timeouts that a busy machine still keeps.</summary>
internal static class ScenarioConfig
{
    private const string Modules = """
        defaults: {interval: 1s, timeout: 900ms, policy: {late_after: 400ms}}
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}]}
          echo: {prober: request, socket: dealer, send: ["", "{token}"], expect: [{frame: 1, equals: "{token}"}]}
          numbered: {prober: request, send: ["{sequence}"], expect: [{equals: pong}]}
          once: {prober: request, connection: per_probe, send: [ping], expect: [{equals: pong}]}
          transport: {prober: handshake}

        """;

    /// <summary>One target called "server".</summary>
    public static string Of(string endpoint, string module = "ping", ClientKind client = ClientKind.Zmtp) =>
        Of((Name: "server", Endpoint: endpoint, Module: module)).OverClient(client);

    /// <summary>Several targets.</summary>
    public static string Of(params ReadOnlySpan<(string Name, string Endpoint, string Module)> targets) => Modules + Targets(targets);

    /// <summary>The section of targets.</summary>
    public static string Targets(params ReadOnlySpan<(string Name, string Endpoint, string Module)> targets)
    {
        var text = new StringBuilder("targets:\n");
        foreach (var (name, endpoint, module) in targets)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  - {{name: {name}, endpoint: \"{endpoint}\", modules: [{module}]}}\n");
        }

        return text.ToString();
    }

    /// <summary>The same config with this client where nothing else is said.</summary>
    public static string OverClient(this string config, ClientKind client) =>
        config.Replace("defaults: {", $"defaults: {{client: {client.Name()}, ", StringComparison.Ordinal);

    /// <summary>The client as a config names it.</summary>
    public static string Name(this ClientKind client) => client.ToString().ToLowerInvariant();
}
