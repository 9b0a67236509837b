using ZmqExporter.EndToEndTests.Messaging;
using Zmtp.Security;

namespace ZmqExporter.EndToEndTests;

/// <summary>Our CURVE against that of NetMQ: another implementation of the other side.</summary>
public sealed class NetMqCurveTests
{
    [Fact]
    public async Task Probe_NetMqCurveServer_IsOkAndTheServerLives()
    {
        var keys = CurveKeyPair.Generate();
        await using var server = await NetMqPeer.StartAsync("rep", Servers.WithCurve(keys));
        using var directory = new TempDirectory();
        var key = directory.Write("server.pub", keys.PublicKey.ToString());
        var config = directory.Write(
            "zmq_exporter.yml",
            $$$"""
            modules:
              ping: {prober: request, send: [ping], expect: [{equals: pong}], security: {mechanism: curve, server_public_key_file: {{{key}}}}}
              transport: {prober: handshake, security: {mechanism: curve, server_public_key_file: {{{key}}}}}
            """);

        foreach (var module in new[] { "ping", "transport", "ping" })
        {
            var result = await ExporterProcess.RunAsync("probe", server.Endpoint, "--module", module, "--config.file", config);

            Assert.True(result.ExitCode == 0, $"{module}: {result.Output}{result.Error}");
        }
    }
}
