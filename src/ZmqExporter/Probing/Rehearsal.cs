using System.Net.Sockets;
using System.Security.Cryptography;
using ZmqExporter.Configuration;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.Probing;

/// <summary>
/// Probes a stand-in on loopback before the first real probe. .NET compiles code when it first runs, which takes longer than any
/// round trip: without this, the first probes would measure the compiler and call it the server.
/// </summary>
internal static class Rehearsal
{
    private const int Probes = 40; // the runtime recompiles what ran 30 times

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Probes the stand-in. Never fails: a machine where that does not work just starts cold.</summary>
    /// <param name="probers">Makes the probers.</param>
    /// <param name="targets">Those that will be probed: what none of them uses is not rehearsed, NetMQ is not even started then.</param>
    /// <param name="stopping">Ends it early.</param>
    public static async Task RunAsync(ProberFactory probers, IReadOnlyCollection<TargetConfig> targets, CancellationToken stopping)
    {
        try
        {
            if (targets.Any(target => target.Module.Security is SecurityConfig.Curve))
            {
                CurveRehearsal.Run();
            }

            using var standIn = new StandIn();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(Limit);
            List<(ProberConfig Prober, MessagingClient Client)> rehearsed =
            [
                (Request(persistent: true), MessagingClient.Zmtp),
                (Request(persistent: false), MessagingClient.Zmtp),
                (new HandshakeProberConfig(Zmtp.SocketType.Dealer), MessagingClient.Zmtp),
            ];
            if (targets.Any(target => target.Module.Client == MessagingClient.NetMq))
            {
                rehearsed.Add((Request(persistent: true), MessagingClient.NetMq));
                rehearsed.Add((Request(persistent: false), MessagingClient.NetMq));
            }

            foreach (var (prober, client) in rehearsed)
            {
                using var probing = probers.Create(standIn.Target(prober, client), new NobodyCares());
                for (var i = 0; i < Probes && !limit.IsCancellationRequested; i++)
                {
                    await probing.ProbeAsync(limit.Token);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or CryptographicException)
        {
            // No loopback here, or no random numbers: the probes will say so.
        }
    }

    private static RequestProberConfig Request(bool persistent) => new(
        Zmtp.SocketType.Req,
        persistent,
        [new RequestStepConfig([new FrameConfig("{token}", [])], [new ExpectConfig.EqualsText(0, "{token}")])]);

    private sealed class NobodyCares : IProbeObserver
    {
        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
        }

        public void OnStaleReply()
        {
        }
    }
}
