using System.Globalization;
using System.Text;
using NetMQ;

namespace ZmqExporter.Demo;

/// <summary>The servers of the demo and the configuration that probes them.</summary>
internal sealed class DemoServers : IDisposable
{
    private const string ConfigHead =
        """
        # The servers of "zmq_exporter demo". Everything happens faster than it should in earnest.
        defaults:
          interval: 2s
          timeout: 1s
          policy:
            late_after: 300ms
            flapping: {changes: 4, window: 10m}

        modules:
          ping:
            prober: request
            socket: req
            send: [ping]
            expect:
              - equals: pong
          secure_ping:
            extends: ping
            security: {mechanism: curve, server_public_key: "PUBLIC_KEY"}
          queue:
            prober: request
            socket: req
            send: [depth]
            values:
              - {metric: demo_queue_depth, help: Jobs that wait., type: gauge, json: $.queue.depth}
          ticks:
            prober: subscribe
            topics: [tick]
            max_silence: 3s
            sequence: {frame: 1, format: ascii}
            sent_at: {frame: 2, format: unix_ms}

        targets:

        """;

    private static readonly TimeSpan CleanupDeadline = TimeSpan.FromSeconds(2);

    private readonly DemoServer[] _servers;
    private readonly CurveServer _secure;

    /// <param name="error">Takes one line for each server that dies.</param>
    public DemoServers(TextWriter error)
    {
        _servers =
        [
            new ReplyServer("healthy", TimeSpan.Zero, error),
            new ReplyServer("slow", TimeSpan.FromMilliseconds(700), error),
            new FlappingServer("flapping", TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(20), error),
            new HungServer("hung", error),
            new FrozenServer("frozen", error),
            new Publisher("publisher", error),
            new LossyPublisher("lossy", error),
            new SilentPublisher("silent", error),
            _secure = new CurveServer("secure", error),
            new QueueServer("queue", error),
        ];
    }

    /// <summary>The servers, in the order of the configuration.</summary>
    public IReadOnlyList<DemoServer> All => _servers;

    /// <summary>Starts every server and returns the configuration for them.</summary>
    public async Task<string> StartAsync()
    {
        NetMQConfig.Linger = TimeSpan.Zero;
        var config = new StringBuilder(ConfigHead.Replace("PUBLIC_KEY", _secure.PublicKey, StringComparison.Ordinal));
        foreach (var server in _servers)
        {
            var port = await server.StartAsync();
            config.Append(CultureInfo.InvariantCulture, $"  - {{name: {server.Name}, endpoint: tcp://127.0.0.1:{port}, modules: [{server.Module}]}}\n");
        }

        return config.ToString();
    }

    /// <summary>Stops every server, then NetMQ, each within a deadline: the end of the demo must not hang.</summary>
    public void Dispose()
    {
        foreach (var server in _servers)
        {
            server.Dispose();
        }

        Task.Run(() => NetMQConfig.Cleanup(block: false)).Wait(CleanupDeadline);
    }
}
