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
        Config is not null && Config.Send.Any(frame => frame.Parts.Select(part => part.Text).Append(frame.Text)
            .Any(text => text?.Contains(Placeholders.Token, StringComparison.Ordinal) == true));

    /// <summary>Binds a request.</summary>
    /// <param name="send">What is sent; null when that is missing, which has been reported.</param>
    /// <param name="expect">The conditions on the reply, or null.</param>
    /// <param name="until">Those that its last part meets, or null.</param>
    public static BoundStep Bind(ConfigValue? send, ConfigValue? expect, ConfigValue? until)
    {
        var errors = send?.Errors.Count;
        var frames = send is null ? [] : BindList(send, FrameBinder.Bind, "write one entry a frame: [ping]");
        if (send?.Node is YamlSequence { Items.IsEmpty: true })
        {
            send.Error("a message has at least one frame", "write [\"\"] to send one empty frame");
        }

        var conditions = expect is null ? [] : BindList(expect, ExpectBinder.Bind, ConditionRemedy);
        var ends = until is null ? [] : BindList(until, ExpectBinder.Bind, ConditionRemedy);
        if (until?.Node is YamlSequence { Items.IsEmpty: true })
        {
            until.Error("does not say which reply is the last one", "write a condition, or remove until");
        }

        var tokens = conditions.Concat(ends).Where(pair => Placeholders.AsksForToken(pair.Result)).Select(pair => pair.Item);
        var config = send?.Errors.Count > errors || frames.IsEmpty
            ? null
            : new RequestStepConfig([.. frames.Select(pair => pair.Result)], [.. conditions.Select(pair => pair.Result)])
            {
                Until = [.. ends.Select(pair => pair.Result)],
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
