using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;
using Zmtp;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>prober: request</c>.</summary>
internal static class RequestProberBinder
{
    private const int MaxSteps = 16;
    private const string SendRemedy = "write what to send, one entry a frame: send: [ping]";

    private static readonly Choice<SocketType> Sockets =
        new("socket type of prober: request", [("req", SocketType.Req), ("dealer", SocketType.Dealer)]);

    private static readonly KeyTable StepKeys = new("modules.*.steps[*]", ["send", "expect", "until"]);

    /// <summary>The prober's keys in a module.</summary>
    public static KeyTable Keys { get; } = new("modules.*", ["socket", "connection", "send", "expect", "until", "steps", "values"]);

    /// <summary>The tables of the sections below.</summary>
    public static ImmutableArray<KeyTable> Parts { get; } = [StepKeys, .. FrameBinder.Parts, .. ExpectBinder.Parts, .. ValueBinder.Parts];

    /// <summary>Binds the prober's keys of a module; null after an error.</summary>
    public static ProberConfig? Bind(ModuleChain chain)
    {
        var errors = chain.Sections[0].Value.Errors;
        var before = errors.Count;
        var socket = SocketType.Req;
        var persistent = true;
        var isValid = chain.Find("socket") is not { } socketValue || Sockets.TryRead(socketValue, out socket);
        isValid &= chain.Find("connection") is not { } connection || ConnectionKind.Choice.TryRead(connection, out persistent);
        var steps = ReadSteps(chain);
        var values = ValueBinder.BindList(chain);
        isValid &= errors.Count == before || chain.Find("values") is null;
        if (steps is not null && errors.Count == before)
        {
            CheckTokens(steps);
            CheckUntil(steps, socket);
        }

        return isValid && steps is { Count: > 0 } && steps.TrueForAll(step => step.Config is not null)
            ? new RequestProberConfig(socket, persistent, [.. steps.Select(step => step.Config!)]) { Values = values }
            : null;
    }

    private static List<BoundStep>? ReadSteps(ModuleChain chain)
    {
        // The nearest module that says anything about the exchange decides its form: a child's steps replace a parent's send and expect.
        var single = new List<Section>();
        foreach (var section in chain.Sections)
        {
            var exchange = section.FindAll(["send", "expect", "until"]).ToList();
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

    private static BoundStep ReadSingle(List<Section> single)
    {
        var send = single.Select(section => section.Find("send")).FirstOrDefault(value => value is not null);
        var expect = single.Select(section => section.Find("expect")).FirstOrDefault(value => value is not null);
        var until = single.Select(section => section.Find("until")).FirstOrDefault(value => value is not null);
        return BoundStep.Bind(send, expect, until);
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

        var steps = new List<BoundStep>();
        foreach (var item in items)
        {
            if (Section.Open(item, StepKeys) is { } section)
            {
                steps.Add(BoundStep.Bind(section.Require("send", SendRemedy), section.Find("expect"), section.Find("until")));
            }
        }

        return steps.Count == items.Length ? steps : null;
    }

    private static void CheckUntil(List<BoundStep> steps, SocketType socket)
    {
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
