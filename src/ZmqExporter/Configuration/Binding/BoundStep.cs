using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>One request of a module while it is bound.</summary>
/// <param name="Config">The request and its conditions, or null after an error.</param>
/// <param name="Tokens">The conditions that ask for the probe's token.</param>
/// <param name="Until">The conditions that the last reply meets, or null.</param>
internal sealed record BoundStep(RequestStepConfig? Config, ImmutableArray<ConfigValue> Tokens, ConfigValue? Until)
{
    private const int MaxFrames = 256;
    private const string ConditionRemedy = "write one entry a condition: [{equals: pong}]";

    /// <summary>Whether the request carries the probe's token.</summary>
    public bool SendsToken =>
        Config is not null && Config.Send.Any(frame =>
            frame.Parts.SelectMany(part => part.Packed?.Parts ?? [part]).Select(part => part.Text).Append(frame.Text)
                .Any(text => text?.Contains(Placeholders.Token, StringComparison.Ordinal) == true));

    /// <summary>Binds a request.</summary>
    /// <param name="keys">What it says.</param>
    /// <param name="scope">What earlier steps have captured.</param>
    /// <param name="captured">The names that they have; those of this one are added.</param>
    public static BoundStep Bind(StepKeys keys, CaptureScope scope, HashSet<string> captured)
    {
        var (send, expect, until, capture) = keys;
        var errors = send?.Errors.Count;
        var frames = send is null ? [] : BindList(send, value => FrameBinder.Bind(value, scope), "write one entry a frame: [ping]");
        if (send?.Node is YamlSequence { Items.IsEmpty: true })
        {
            send.Error("a message has at least one frame", "write [\"\"] to send one empty frame");
        }

        var conditions = expect is null ? [] : BindList(expect, value => ExpectBinder.Bind(value, scope), ConditionRemedy);
        var ends = until is null ? [] : BindList(until, value => ExpectBinder.Bind(value, scope), ConditionRemedy);
        if (until?.Node is YamlSequence { Items.IsEmpty: true })
        {
            until.Error("does not say which reply is the last one", "write a condition, or remove until");
        }

        var captures = capture is null ? [] : CaptureBinder.Bind(capture, scope, captured);
        var tokens = conditions.Concat(ends).Where(pair => Placeholders.AsksForToken(pair.Result)).Select(pair => pair.Item);
        var config = send?.Errors.Count > errors || frames.IsEmpty
            ? null
            : new RequestStepConfig([.. frames.Select(pair => pair.Result)], [.. conditions.Select(pair => pair.Result)])
            {
                Until = [.. ends.Select(pair => pair.Result)],
                Capture = [.. captures],
            };
        return new BoundStep(config, [.. tokens], until);
    }

    /// <summary>Reports every condition that asks for a token which nothing has sent.</summary>
    public void ReportTokens()
    {
        foreach (var condition in Tokens)
        {
            condition.Error("asks for {token}, which no request up to here sends", "put {token} into send as well, or remove it here");
        }
    }

    /// <summary>Binds conditions that stand beside those that the program adds.</summary>
    public static IEnumerable<ExpectConfig> ReadExpect(ConfigValue expect) =>
        BindList(expect, value => ExpectBinder.Bind(value, CaptureScope.None), ConditionRemedy).Select(pair => pair.Result);

    private static ImmutableArray<(ConfigValue Item, T Result)> BindList<T>(
        ConfigValue list, Func<ConfigValue, T?> bind, string remedy)
        where T : class
    {
        if (list.ReadItems(remedy) is not { } items)
        {
            return [];
        }

        if (items.Length > MaxFrames)
        {
            list.Error(string.Create(CultureInfo.InvariantCulture, $"there are {items.Length} entries"), $"write {MaxFrames} at most");
            return [];
        }

        return
        [
            .. items.Select(item => (Item: item, Result: bind(item)))
                .Where(pair => pair.Result is not null)
                .Select(pair => (pair.Item, pair.Result!)),
        ];
    }
}

/// <summary>What a step says.</summary>
/// <param name="Send">What is sent; null when that is missing, which has been reported.</param>
/// <param name="Expect">The conditions on the reply, or null.</param>
/// <param name="Until">Those that its last part meets, or null.</param>
/// <param name="Capture">What of the reply is for later steps, or null.</param>
internal sealed record StepKeys(ConfigValue? Send, ConfigValue? Expect, ConfigValue? Until, ConfigValue? Capture);
