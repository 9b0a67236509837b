using System.Collections.Immutable;
using System.Globalization;

namespace ZmqExporter.Configuration;

/// <summary>One request of a module while it is compiled.</summary>
/// <param name="Config">The request and its conditions, or null after an error.</param>
/// <param name="Tokens">The conditions that ask for the probe's token.</param>
internal sealed record RequestStep(RequestStepConfig? Config, ImmutableArray<ConfigValue> Tokens)
{
    private const int MaxFrames = 256;

    /// <summary>Whether the request carries the probe's token.</summary>
    public bool SendsToken =>
        Config is not null && Config.Send.Any(frame => frame.Text?.Contains(Placeholders.Token, StringComparison.Ordinal) == true);

    /// <summary>Compiles a request.</summary>
    public static RequestStep Compile(ConfigValue send, ConfigValue? expect)
    {
        var errors = send.Errors.Count;
        var frames = CompileList(send, FrameCompiler.Compile, "write one entry a frame: [ping]");
        if (send.Node is Yaml.YamlSequence { Items.IsEmpty: true })
        {
            send.Error("a message has at least one frame", "write [\"\"] to send one empty frame");
        }

        var conditions = expect is null ? [] : CompileList(expect, ExpectCompiler.Compile, "write one entry a condition: [{equals: pong}]");
        var tokens = conditions.Where(pair => Placeholders.AsksForToken(pair.Result)).Select(pair => pair.Item);
        var config = send.Errors.Count > errors || frames.IsEmpty
            ? null
            : new RequestStepConfig([.. frames.Select(pair => pair.Result)], [.. conditions.Select(pair => pair.Result)]);
        return new RequestStep(config, [.. tokens]);
    }

    /// <summary>Reports every condition that asks for a token which nothing has sent.</summary>
    public void ReportTokens()
    {
        foreach (var condition in Tokens)
        {
            condition.Error("asks for {token}, which no request up to here sends", "put {token} into send as well, or remove it here");
        }
    }

    private static ImmutableArray<(ConfigValue Item, T Result)> CompileList<T>(
        ConfigValue list, Func<ConfigValue, T?> compile, string remedy)
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
            .. items.Select(item => (Item: item, Result: compile(item)))
                .Where(pair => pair.Result is not null)
                .Select(pair => (pair.Item, pair.Result!)),
        ];
    }
}
