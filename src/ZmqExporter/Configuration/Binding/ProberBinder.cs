using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>How the config of one prober is bound.</summary>
/// <param name="Name">The value of <c>prober:</c>.</param>
/// <param name="Keys">Its keys in a module.</param>
/// <param name="Parts">The tables of the sections below those keys.</param>
/// <param name="Bind">Binds the prober's keys of a module; null after an error.</param>
internal sealed record ProberBinder(string Name, KeyTable Keys, ImmutableArray<KeyTable> Parts, Func<ModuleChain, ProberConfig?> Bind)
{
    /// <summary>The probers of this version. A new one is a line here.</summary>
    public static ImmutableArray<ProberBinder> All { get; } =
    [
        new("request", RequestProberBinder.Keys, RequestProberBinder.Parts, RequestProberBinder.Bind),
        new("handshake", HandshakeProberBinder.Keys, [], HandshakeProberBinder.Bind),
        new("subscribe", SubscribeProberBinder.Keys, SubscribeProberBinder.Parts, SubscribeProberBinder.Bind),
        new("listen", ListenProberBinder.Keys, ListenProberBinder.Parts, ListenProberBinder.Bind),
        new("loop", LoopProberBinder.Keys, [], LoopProberBinder.Bind),
    ];

    /// <summary>Reads <c>prober:</c>.</summary>
    public static Choice<ProberBinder> Choice { get; } = new("prober", All.AsSpan(), prober => prober.Name);

    /// <summary>What to say of a key that this prober does not have, and others have; null when none has it.</summary>
    public (string Message, string Remedy)? Foreign(string key)
    {
        if (key == "capture" && Name == "request")
        {
            return ("carries a value from one step to a later one, and stands in a step", "write steps: [{send: [login], capture: {session: {frame: 0}}}, {send: [\"{session}\"]}]");
        }

        string[] owners = [.. All.Where(prober => prober.Keys.Keys.Contains(key, StringComparer.Ordinal)).Select(prober => $"prober: {prober.Name}")];
        return owners.Length == 0 ? null : (
            key == "send" ? $"prober: {Name} sends nothing" : $"prober: {Name} has no {key}",
            $"it belongs to {string.Join(" and ", owners)}: remove it, or write {string.Join(" or ", owners)}");
    }

    /// <summary>The keys of every prober, for a module of which nobody knows which one it has.</summary>
    public static KeyTable AnyKeys { get; } = new("modules.*", [.. All.SelectMany(prober => prober.Keys.Keys).Distinct(StringComparer.Ordinal)]);

    /// <summary>
    /// What a module was probably meant to be whose prober is mistyped or missing: its other errors are reported as that one's, so that they
    /// do not wait for the next run.
    /// </summary>
    /// <param name="word">What stands there, or null.</param>
    /// <param name="chain">The module, whose keys may tell.</param>
    /// <returns>Null when neither tells.</returns>
    public static ProberBinder? Guess(string? word, ModuleChain chain)
    {
        if (word is not null && Suggestion.Closest(word, [.. All.Select(prober => prober.Name)]) is { } closest)
        {
            return All.First(prober => prober.Name == closest);
        }

        // Keys that no other prober has.
        var likely = All.Where(prober => prober.Keys.Keys.Any(key => chain.Find(key) is not null && OwnsAlone(key))).ToList();
        return likely.Count == 1 ? likely[0] : null;
    }

    private static bool OwnsAlone(string key) => All.Count(prober => prober.Keys.Keys.Contains(key, StringComparer.Ordinal)) == 1;

    /// <summary>All key tables of the prober.</summary>
    public IEnumerable<KeyTable> Tables => Parts.Prepend(Keys);
}
