using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Discovery;

namespace ZmqExporter.Cli;

/// <summary>What a shell offers at the Tab key from the configuration that the command line names, or from the default one. Never asks a URL.</summary>
internal static class ConfigCompletions
{
    /// <summary>The names of the targets.</summary>
    public static IEnumerable<CompletionItem> Targets(CompletionContext context) => Load(context) is { Config: not null } loaded
        ? Items(ListedTargets.OfFiles(loaded, ConfigInputs.System).Targets.Select(target => target.Name))
        : [];

    /// <summary>The names of the modules, the built-in ones too.</summary>
    public static IEnumerable<CompletionItem> Modules(CompletionContext context)
    {
        var config = Load(context)?.Config ?? ModuleSource.BuiltIn;
        return Items([.. config.Modules.Keys, .. config.BuiltInModules.Keys]);
    }

    private static ConfigResult? Load(CompletionContext context)
    {
        var flag = context.ParseResult.GetResult("--config.file") as OptionResult;
        var file = flag?.GetValueOrDefault<string>() ?? ModuleSource.DefaultConfigFile;
        return File.Exists(file) ? ConfigLoader.Load(file) : null;
    }

    private static IEnumerable<CompletionItem> Items(IEnumerable<string> names) => names.Distinct(StringComparer.Ordinal).Select(name => new CompletionItem(name));
}
