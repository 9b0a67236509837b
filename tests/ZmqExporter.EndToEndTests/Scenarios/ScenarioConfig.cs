using System.Text;

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
    public static string Of(string endpoint, string module = "ping") => Of((Name: "server", Endpoint: endpoint, Module: module));

    /// <summary>Several targets.</summary>
    public static string Of(params ReadOnlySpan<(string Name, string Endpoint, string Module)> targets)
    {
        var text = new StringBuilder(Modules).Append("targets:\n");
        foreach (var (name, endpoint, module) in targets)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  - {{name: {name}, endpoint: \"{endpoint}\", modules: [{module}]}}\n");
        }

        return text.ToString();
    }
}
