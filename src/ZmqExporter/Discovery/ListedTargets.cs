using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Discovery;

/// <summary>The targets of a config and of its sources as they are now, for commands that do not follow them. Immutable.</summary>
/// <param name="Targets">All of them; of two with one name the first.</param>
/// <param name="Errors">All that is wrong with the sources, and targets that are left out.</param>
internal sealed record ListedTargets(ImmutableArray<TargetConfig> Targets, EquatableArray<ConfigError> Errors)
{
    /// <value>What each target of a list sets itself, by its name.</value>
    public IReadOnlyDictionary<string, EquatableArray<KeyPlace>> Listed { get; private init; } = new Dictionary<string, EquatableArray<KeyPlace>>(StringComparer.Ordinal);

    /// <value>What the lists say and what has no effect.</value>
    public EquatableArray<ConfigError> Warnings { get; private init; } = [];

    /// <summary>Reads the files. URLs are not asked.</summary>
    /// <param name="loaded">A config; of one with errors, only the errors of its files are worth having.</param>
    /// <param name="inputs">Where files come from.</param>
    public static ListedTargets OfFiles(ConfigResult loaded, ConfigInputs inputs) =>
        loaded.Lists is null ? new ListedTargets([], []) : Merge(loaded, ReadFiles(loaded, inputs));

    /// <summary>Reads the files and asks the URLs, all of them at once.</summary>
    /// <param name="loaded">A config without errors.</param>
    /// <param name="inputs">Where files come from.</param>
    /// <param name="fetch">Asks a URL. Never throws.</param>
    public static async Task<ListedTargets> OfAllAsync(ConfigResult loaded, ConfigInputs inputs, Func<TargetUrlConfig, Task<FetchResult>> fetch)
    {
        var urls = loaded.Config!.TargetUrls.Select(url => new HttpSource(url)).ToArray();
        var answers = await Task.WhenAll(urls.Select(url => fetch(url.Config)));
        foreach (var (url, answer) in urls.Zip(answers))
        {
            url.End(answer, loaded.Lists!);
        }

        return Merge(loaded, [.. ReadFiles(loaded, inputs), .. urls]);
    }

    private static ITargetSource[] ReadFiles(ConfigResult loaded, ConfigInputs inputs)
    {
        var timed = new TimedFiles(TimedFiles.DefaultLimit);
        inputs = timed.Limit(inputs);
        var sources = loaded.TargetFiles.Select(files => new FileSource(files)).ToArray();
        foreach (var source in sources)
        {
            source.Read(source.Look(timed), inputs, loaded.Lists!);
        }

        return [.. sources];
    }

    private static ListedTargets Merge(ConfigResult loaded, ITargetSource[] sources)
    {
        var merged = MergedTargets.Of(loaded.Config ?? new ExporterConfig(), loaded.Lists!, sources, Shard.Whole);
        return new ListedTargets(
            merged.Targets, [.. sources.SelectMany(source => source.Errors), .. merged.Conflicts.Select(conflict => conflict.Error)])
        {
            Listed = merged.Listed,
            Warnings = [.. sources.SelectMany(source => source.Warnings)],
        };
    }
}
