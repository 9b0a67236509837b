using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.Probing;

/// <summary>What a target's link has to be like for the prober that its module asks for.</summary>
internal static class LinkSetup
{
    // What comes is what was sent, and the frames around it; more would be somebody else's.
    private const int MaxLoopMessage = 1 << 20;

    private static readonly TimeSpan RareInterval = TimeSpan.FromMinutes(1);

    // A server that is down gets no more connections than it gets probes: each probe makes one. In between a lost connection is made again
    // once, and a subscription, which loses messages meanwhile, twice. Where probes are rare, it goes on once a minute.
    // One for each module, not for each of its targets.
    private static readonly PartsByConfig<ModuleConfig, ReconnectOptions> OnceByModule = new(static module => new ReconnectOptions { AttemptTimeout = module.Timeout, MaxRetries = 1 });
    private static readonly PartsByConfig<SecurityConfig, ZmtpSecurity> Securities = new(SecurityOf);

    /// <summary>The options of the link.</summary>
    public static LinkOptions OptionsFor(TargetConfig target)
    {
        var module = target.Module;
        return module.Prober switch
        {
            RequestProberConfig request => Common(target, request.Socket) with
            {
                Reconnect = Once(module, request.Persistent),
                RoutingId = request.RoutingId.Items,
                MaxMessageSize = request.MaxReply,
            },

            // A probe that only asks for a sign of life must not be given work, which somebody else waits for.
            HandshakeProberConfig handshake => Common(target, handshake.Socket) with { Reconnect = Once(module, handshake.Persistent), PeekOnly = true },
            SubscribeProberConfig subscribe => Common(target, SocketType.Sub) with { Reconnect = Steadily(module), Topics = [.. subscribe.Topics.Select(topic => topic.Items)] },
            LoopProberConfig loop => Common(target, SendingSocket(loop.Path)) with { Reconnect = Once(module, isPersistent: true), MaxMessageSize = MaxLoopMessage },
            var other => throw new NotSupportedException($"no prober is called {other.Name}"),
        };
    }

    /// <summary>
    /// Whether what a probe does once a reply of a few hundred bytes has come takes some microseconds, whatever the reply says: no frame is
    /// unpacked, no document or pattern searched, nothing kept of it, no further step sent. Not on Unix sockets: the canary, by which
    /// those are doubted, has its answers judged on the pool.
    /// </summary>
    public static bool IsJudgedQuickly(TargetConfig target) => target.Module.Prober is RequestProberConfig { Persistent: true, Values.IsEmpty: true, Steps: [{ Capture.IsEmpty: true } step] }
        && target.Endpoint.SocketPath is null
        && step.Expect.Concat(step.Until).All(IsQuick);

    private static bool IsQuick(ExpectConfig expect) => expect is not ExpectConfig.Holds holds
        || (holds.Source is { Decode.IsEmpty: true, Selector: SelectorConfig.Whole or SelectorConfig.Number } && !holds.Tests.Any(test => test is TestConfig.Matches));

    /// <summary>The options of the link on which a loop receives.</summary>
    public static LinkOptions ReturnOptionsFor(TargetConfig target)
    {
        var loop = (LoopProberConfig)target.Module.Prober;
        return Common(target, ReceivingSocket(loop.Path)) with
        {
            Endpoint = target.ReturnEndpoint ?? target.Endpoint,
            Security = Securities.Of(loop.ReturnSecurity ?? target.Module.Security),
            Reconnect = Once(target.Module, isPersistent: loop.Path != LoopPath.Majordomo), // a worker registers on a connection of its own, once
            MaxMessageSize = MaxLoopMessage,
        };
    }

    private static SocketType SendingSocket(LoopPath path) => path switch
    {
        LoopPath.PubSub => SocketType.Pub,
        LoopPath.PushPull => SocketType.Push,
        _ => SocketType.Dealer,
    };

    private static SocketType ReceivingSocket(LoopPath path) => path switch
    {
        LoopPath.PubSub => SocketType.Sub,
        LoopPath.PushPull => SocketType.Pull,
        LoopPath.Queue => SocketType.Rep,
        _ => SocketType.Dealer,
    };

    private static LinkOptions Common(TargetConfig target, SocketType socketType) => new()
    {
        Name = $"{target.Name}/{target.Module.Name}",
        Endpoint = target.Endpoint,
        SocketType = socketType,
        Security = Securities.Of(target.Module.Security),
        Pings = target.Module.Ping,
        AttemptTimeout = target.Module.Timeout,
        MaxConnectionAge = target.Module.MaxConnectionAge,
    };

    private static ZmtpSecurity SecurityOf(SecurityConfig config) => config switch
    {
        SecurityConfig.Plain plain => ZmtpSecurity.Plain(plain.Username, plain.Password.Value),
        SecurityConfig.Curve curve => ZmtpSecurity.Curve(curve.Server, curve.Client, curve.IsClientMadeUp),
        _ => ZmtpSecurity.Null,
    };

    private static ReconnectOptions? Once(ModuleConfig module, bool isPersistent) =>
        isPersistent ? OnceByModule.Of(module) : null;

    private static ReconnectOptions Steadily(ModuleConfig module) => new()
    {
        AttemptTimeout = module.Timeout,
        InitialDelay = TimeSpan.FromSeconds(1), // the second attempt comes 1.5 to 3 s after the loss: servers take that long to start again
        MaxDelay = RareInterval,
        MaxRetries = module.Interval >= RareInterval ? int.MaxValue : 2,
    };
}
