using NetMQ;
using NetMQ.Sockets;
using Zmtp.Security;

namespace ZmqExporter.EndToEndTests;

/// <summary>Our CURVE against that of NetMQ: another implementation of the other side.</summary>
public sealed class NetMqCurveTests
{
    [Fact]
    public async Task Probe_NetMqCurveServer_IsOkAndTheServerLives()
    {
        using var socket = new ResponseSocket();
        var certificate = new NetMQCertificate();
        socket.Options.CurveServer = true;
        socket.Options.CurveCertificate = certificate;
        var port = socket.BindRandomPort("tcp://127.0.0.1");
        using var poller = new NetMQPoller { socket };
        socket.ReceiveReady += (_, e) => e.Socket.SendFrame(e.Socket.ReceiveFrameString() == "ping" ? "pong" : "unknown");
        poller.RunAsync();
        using var directory = new TempDirectory();
        var key = directory.Write("server.pub", Z85.Encode(certificate.PublicKey));
        var config = directory.Write(
            "zmq_exporter.yml",
            $$$"""
            modules:
              ping: {prober: request, send: [ping], expect: [{equals: pong}], security: {mechanism: curve, server_public_key_file: {{{key}}}}}
              transport: {prober: handshake, security: {mechanism: curve, server_public_key_file: {{{key}}}}}
            """);

        foreach (var module in new[] { "ping", "transport" })
        {
            var result = await ExporterProcess.RunAsync(
                "probe", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}"), "--module", module, "--config.file", config);

            Assert.True(result.ExitCode == 0, $"{module}: {result.Output}{result.Error}");
        }
    }
}
