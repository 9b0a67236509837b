using System.Collections.Immutable;
using ZmqExporter.Targets;

namespace ZmqExporter.Http.Pages;

/// <summary>A page that says why there is nothing else on it. Immutable.</summary>
/// <param name="Title">What happened.</param>
/// <param name="Root">The way from the page to the root.</param>
/// <param name="Text">What it means; may hold text of the request.</param>
/// <param name="Links">Where to go from here.</param>
internal sealed record MessageView(string Title, string Root, string Text, ImmutableArray<(string Words, string Link)> Links)
{
    private const int MostLinks = 20;
    private const string RootOfTargets = "../../";

    /// <summary>The URL of the board is not understood.</summary>
    public static MessageView BadQuery(string problem) => new("This address is not understood", "./", problem, [("The board, without filters", "./")]);

    /// <summary>The URL is none of a target's.</summary>
    /// <param name="root">The way from there to the root.</param>
    public static MessageView NoAddress(string root) =>
        new("No such page", root, "The address of a target is targets/NAME/MODULE, with slashes inside of the name as %2F.", [("The board", root)]);

    /// <summary>There is no such target.</summary>
    public static MessageView NoTarget(TargetKey missing, PageSources sources)
    {
        var modules = sources.Targets.Configs().Where(config => config.Name == missing.Target).Select(config => config.Module.Name).Take(MostLinks).ToList();
        var text = modules.Count > 0
            ? $"The target “{missing.Target}” is not probed with a module “{missing.Module}”. It may have been until the configuration changed."
            : $"There is no target “{missing.Target}” here. It may have been renamed or removed since, or another exporter probes it.";
        return new(
            "No such target",
            RootOfTargets,
            text,
            [
                .. modules.Select(module => ($"{missing.Target} with module {module}", RootOfTargets + "targets/" + TargetPath.Of(new TargetKey(missing.Target, module)))),
                ("Search for the name on the board", $"{RootOfTargets}?q={Uri.EscapeDataString(missing.Target)}"),
                ("The board", RootOfTargets),
            ]);
    }
}
