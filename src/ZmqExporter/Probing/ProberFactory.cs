using System.Net;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Makes the prober that a target's config asks for. Thread-safe.</summary>
/// <param name="zmtp">Our own client, which also makes every handshake.</param>
/// <param name="time">The clock.</param>
/// <param name="netMq">The client behind <c>client: netmq</c>; null where there is no such target.</param>
/// <param name="error">What the canary says, for targets of which the kernel does not tell when their bytes came; null where there is no canary.</param>
/// <param name="beats">Brings what is pushed; null where nobody listens.</param>
internal sealed class ProberFactory(
    IMessageClient zmtp, TimeProvider time, IMessageClient? netMq = null, MeasurementError? error = null, PushedBeats? beats = null)
{
    private readonly PushedBeats _beats = beats ?? new PushedBeats();

    // One for each module, not for each of its targets.
    private static readonly PartsByConfig<SecurityConfig.Plain, PasswordMask?> Masks =
        new(static plain => PasswordMask.For(plain.Password.Value));

    /// <summary>
    /// A prober for one target and module, which the caller disposes. For the scheduler: a probe may end on the thread that watches all sockets, so
    /// that what its caller does with the result has to be done in some microseconds.
    /// </summary>
    public IProber CreateScheduled(TargetConfig target, IProbeObserver observer) => Create(target, observer, mayConnect: null, isScheduled: true);

    /// <summary>The same for anybody else: its probes end on threads of the pool.</summary>
    /// <param name="target">What to probe.</param>
    /// <param name="observer">Is notified of what happens.</param>
    /// <param name="mayConnect">Says whether an address may be connected to; null allows every one. Only our own client asks it.</param>
    public IProber Create(TargetConfig target, IProbeObserver observer, Func<EndPoint, bool>? mayConnect = null) =>
        Create(target, observer, mayConnect, isScheduled: false);

    private IProber Create(TargetConfig target, IProbeObserver observer, Func<EndPoint, bool>? mayConnect, bool isScheduled)
    {
        if (mayConnect is not null && target.Module.Client != MessagingClient.Zmtp)
        {
            throw new NotSupportedException($"nobody asks before {target.Module.Client} connects");
        }

        // The other mechanisms give the peer no secret of ours.
        var masks = new[] { target.Module.Security, (target.Module.Prober as LoopProberConfig)?.ReturnSecurity }
            .OfType<SecurityConfig.Plain>().Select(Masks.Of).OfType<PasswordMask>().ToList();
        var prober = CreateJudged(target, masks.Aggregate(observer, static (outer, mask) => new MaskedProber.Observer(outer, mask)), mayConnect, isScheduled);
        return masks.Aggregate(prober, static (inner, mask) => new MaskedProber(inner, mask));
    }

    private IProber CreateJudged(TargetConfig target, IProbeObserver observer, Func<EndPoint, bool>? mayConnect, bool isScheduled)
    {
        var prober = CreateBare(target, observer, mayConnect, isScheduled);
        if (error is null)
        {
            return prober;
        }

        // Whether the kernel tells is known once it was asked, with the first connection.
        Func<bool> isDoubted = target is { Endpoint.SocketPath: null, ReturnEndpoint: null or { SocketPath: null } } && target.Module.Client == MessagingClient.Zmtp
            ? static () => !ZmtpConnection.IsArrivalNotedByKernel
            : static () => true;
        return new DoubtedProber(prober, error, isDoubted, target.Module, time);
    }

    /// <summary>A prober whose results nobody doubts or masks: the canary's, which is what others are doubted by.</summary>
    public IProber CreateBare(TargetConfig target, IProbeObserver observer) => CreateBare(target, observer, mayConnect: null, isScheduled: false);

    private IProber CreateBare(TargetConfig target, IProbeObserver observer, Func<EndPoint, bool>? mayConnect, bool isScheduled)
    {
        if (target.Module.Prober is ListenProberConfig)
        {
            return new ListenProber(target, _beats, time, observer);
        }

        var options = LinkSetup.OptionsFor(target) with { MayConnect = mayConnect, IsJudgedQuickly = isScheduled && LinkSetup.IsJudgedQuickly(target) };
        return target.Module.Prober switch
        {
            RequestProberConfig => new RequestProber(target, options, Client(target), time, observer),
            HandshakeProberConfig => new HandshakeProber(target, options, zmtp, time, observer),
            LoopProberConfig => new LoopProber(target, options, zmtp, time, observer),
            SubscribeProberConfig => new SubscribeProber(target, options, Client(target), time, observer),
            _ => throw new NotSupportedException($"no prober is called {target.Module.Prober.Name}"),
        };
    }

    private IMessageClient Client(TargetConfig target) => target.Module.Client switch
    {
        MessagingClient.Zmtp => zmtp,
        MessagingClient.NetMq when netMq is not null => netMq,
        _ => throw new NotSupportedException($"nobody made a client for {target.Module.Client}"),
    };
}
