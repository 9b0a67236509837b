using ZmqExporter.Configuration;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.Probing;

/// <summary>
/// Probes a peer on loopback before the first real probe. .NET compiles code when it first runs, which takes longer than any
/// round trip: without this, the first probes would measure the compiler and call it the server.
/// </summary>
internal static class Warmup
{
    private const int Probes = 40; // the runtime recompiles what ran 30 times

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LimitOfNetMq = TimeSpan.FromSeconds(10); // a process of its own has to start

    /// <summary>Probes it. Never fails: a machine where that does not work just starts cold.</summary>
    /// <param name="probers">Makes the probers.</param>
    /// <param name="targets">Those that will be probed: what none of them uses is not warmed up, NetMQ is not even started then.</param>
    /// <param name="stopping">Ends it early.</param>
    public static async Task RunAsync(ProberFactory probers, IReadOnlyCollection<TargetConfig> targets, CancellationToken stopping)
    {
        try
        {
            if (targets.Any(target => target.Module.Security is SecurityConfig.Curve))
            {
                CurveWarmup.Run();
            }

            using var peer = new LoopbackPeer();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(targets.Any(target => target.Module.Client == MessagingClient.NetMq) ? LimitOfNetMq : Limit);
            List<(ProberConfig Prober, MessagingClient Client)> paths =
            [
                (Request(persistent: true), MessagingClient.Zmtp),
                (Request(persistent: false), MessagingClient.Zmtp),
                (new HandshakeProberConfig(Zmtp.SocketType.Dealer), MessagingClient.Zmtp),
            ];
            if (targets.Any(target => target.Module.Client == MessagingClient.NetMq))
            {
                paths.Add((Request(persistent: true), MessagingClient.NetMq));
                paths.Add((Request(persistent: false), MessagingClient.NetMq));
            }

            foreach (var (prober, client) in paths)
            {
                using var probing = probers.Create(peer.Target("warmup", prober, client), new NoObserver());
                for (var i = 0; i < Probes && !limit.IsCancellationRequested; i++)
                {
                    await probing.ProbeAsync(limit.Token);
                }
            }
        }
#pragma warning disable CA1031 // No loopback, no random numbers, or a bug: the probes will say so.
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }

    private static RequestProberConfig Request(bool persistent) => LoopbackPeer.Echo with { Persistent = persistent };
}
