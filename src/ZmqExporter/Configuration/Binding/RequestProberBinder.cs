using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;
using Zmtp;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>prober: request</c>.</summary>
internal static class RequestProberBinder
{
    private const int MaxSteps = 16;
    private const int MostPassedOver = 1_000_000;
    private const int LeastReply = 1 << 10;
    private const int MostReply = 256 << 20;
    private const string SendRemedy = "write what to send, one entry a frame: send: [ping]";

    // What a module without steps says.
    private static readonly ImmutableArray<string> Exchange = ["send", "expect", "until"];

    // What the heartbeat protocol says itself.
    private static readonly ImmutableArray<string> OfHeartbeat = ["send", "until", "steps"];

    private static readonly string[] Sending = ["send", "steps"];

    private static readonly Choice<SocketType> Sockets =
        new("socket type of prober: request", [("req", SocketType.Req), ("dealer", SocketType.Dealer)]);

    private static readonly KeyTable StepTable = new("modules.*.steps[*]", [.. Exchange, "capture"]);

    /// <summary>The prober's keys in a module.</summary>
    public static KeyTable Keys { get; } = new("modules.*", ["socket", "connection", "routing_id", "max_reply", .. Exchange, "max_passed_over", "steps", "values", "heartbeat"]);

    /// <summary>The tables of the sections below.</summary>
    public static ImmutableArray<KeyTable> Parts { get; } = [StepTable, CaptureBinder.Keys, RoutingIdBinder.Keys, HeartbeatBinder.Keys, .. FrameBinder.Parts, .. ExpectBinder.Parts, .. ValueBinder.Parts];

    /// <summary>Binds the prober's keys of a module; null after an error.</summary>
    public static ProberConfig? Bind(ModuleChain chain)
    {
        var errors = chain.Sections[0].Value.Errors;
        var before = errors.Count;
        var socket = SocketType.Req;
        var persistent = true;
        var isValid = chain.Find("socket") is not { } socketValue || Sockets.TryRead(socketValue, out socket);
        isValid &= chain.Find("connection") is not { } connection || ConnectionKind.Choice.TryRead(connection, out persistent);
        var limits = ReadLimits(chain);
        var routingId = chain.Find("routing_id") is { } id ? RoutingIdBinder.Read(id) : [];
        isValid &= limits is not null && routingId is not null;
        var heartbeat = HeartbeatBinder.Read(chain, OfHeartbeat);
        var steps = chain.Find("heartbeat") is null ? ReadSteps(chain) : ReadHeartbeat(chain, heartbeat, socket);
        var values = ValueBinder.BindList(chain);
        isValid &= errors.Count == before || chain.Find("values") is null;
        if (steps is not null && errors.Count == before)
        {
            CheckTokens(steps);
            CheckUntil(chain, steps, socket);
        }

        return isValid && steps is { Count: > 0 } && steps.TrueForAll(step => step.Config is not null)
            ? new RequestProberConfig(socket, persistent, [.. steps.Select(step => step.Config!)])
            {
                Values = values,
                Heartbeat = heartbeat,
                MaxReply = limits!.Value.MaxReply,
                MaxPassedOver = limits.Value.MaxPassedOver,
                RoutingId = [.. routingId!],
                SendsSecrets = Sending.Any(key => chain.Find(key) is { } sent && SecretsIn.Any(sent.Node)),
            }
            : null;
    }

    private static (int MaxReply, int MaxPassedOver)? ReadLimits(ModuleChain chain)
    {
        var reply = chain.Find("max_reply") is { } size ? ByteSizeValue.Read(size, LeastReply, MostReply) : RequestProberConfig.DefaultMaxReply;
        var passedOver = chain.Find("max_passed_over") is { } count ? Numbers.Read(count, 1, MostPassedOver) : RequestProberConfig.DefaultMaxPassedOver;
        return reply is { } bytes && passedOver is { } messages ? (bytes, messages) : null;
    }

    private static List<BoundStep>? ReadSteps(ModuleChain chain)
    {
        // The nearest module that says anything about the exchange decides its form: a child's steps replace a parent's send and expect.
        var single = new List<Section>();
        foreach (var section in chain.Sections)
        {
            var exchange = section.FindAll(Exchange).ToList();
            if (section.Find("steps") is { } steps)
            {
                if (exchange.Count > 0)
                {
                    exchange[0].Error("cannot stand beside steps", "move it into one of the steps, or remove steps");
                    _ = ReadList(steps);
                    _ = ReadSingle([section]);
                    return null;
                }

                if (single.Count == 0)
                {
                    return ReadList(steps);
                }

                break; // the steps of a parent, which the child's send or expect replace
            }

            if (exchange.Count > 0)
            {
                single.Add(section);
            }
        }

        if (single.TrueForAll(section => section.Find("send") is null))
        {
            _ = chain.Sections[0].Require("send", SendRemedy);
        }

        return [ReadSingle(single)];
    }

    private static List<BoundStep>? ReadHeartbeat(ModuleChain chain, HeartbeatConfig? heartbeat, SocketType socket)
    {
        var expect = chain.Find("expect") is { } conditions ? BoundStep.ReadExpect(conditions) : [];
        return heartbeat is null ? null : [new BoundStep(HeartbeatBinder.StepOf(heartbeat, socket, expect), [], Until: null)];
    }

    private static BoundStep ReadSingle(List<Section> single)
    {
        return BoundStep.Bind(new StepKeys(Find("send"), Find("expect"), Find("until"), Capture: null), CaptureScope.None, []);

        ConfigValue? Find(string key) => single.Select(section => section.Find(key)).FirstOrDefault(value => value is not null);
    }

    private static List<BoundStep>? ReadList(ConfigValue value)
    {
        if (value.ReadItems("write - send: [...] below it") is not { } items)
        {
            return null;
        }

        if (items.Length is 0 or > MaxSteps)
        {
            value.Error($"there are {items.Length} steps", $"write 1 to {MaxSteps} of them");
            return null;
        }

        var sections = items.Select(item => Section.Open(item, StepTable)).ToList();
        var scopes = CaptureBinder.ScopesOf([.. sections.Select(section => section?.Find("capture"))], isConversation: items.Length > 1);
        var captured = new HashSet<string>(StringComparer.Ordinal);
        var steps = new List<BoundStep>();
        foreach (var (section, scope) in sections.Zip(scopes))
        {
            if (section is not null)
            {
                var keys = new StepKeys(section.Require("send", SendRemedy), section.Find("expect"), section.Find("until"), section.Find("capture"));
                steps.Add(BoundStep.Bind(keys, scope, captured));
            }
        }

        return steps.Count == items.Length ? steps : null;
    }

    private static void CheckUntil(ModuleChain chain, List<BoundStep> steps, SocketType socket)
    {
        // Of this very module alone: one that it extends may have it for others.
        if (steps.TrueForAll(step => step.Until is null))
        {
            chain.Sections[0].Find("max_passed_over")?.Error("has no meaning without until, which says what is passed over", "add until, or remove this");
        }

        foreach (var step in steps.Where(_ => socket == SocketType.Req))
        {
            step.Until?.Error("has no meaning for a REQ, which gets one reply", "write socket: dealer, or remove until");
        }
    }

    // A reply can only bring back what a request took there.
    private static void CheckTokens(List<BoundStep> steps)
    {
        var isSent = false;
        foreach (var step in steps)
        {
            isSent |= step.SendsToken;
            if (!isSent)
            {
                step.ReportTokens();
            }
        }
    }
}
