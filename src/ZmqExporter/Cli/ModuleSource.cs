using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Cli;

/// <summary>Where <c>--module NAME</c> is looked up: in a configuration, if there is one, and among the built-in modules.</summary>
internal static class ModuleSource
{
    /// <summary>The configuration that is read when the command line names none and this one is there.</summary>
    public const string DefaultConfigFile = "zmq_exporter.yml";

    /// <summary>A configuration with nothing in it but the built-in modules.</summary>
    public static ExporterConfig BuiltIn => ConfigLoader.Parse("{}", "", ConfigInputs.System).Config!;

    /// <summary>The module; null after an error.</summary>
    /// <param name="file">The configuration that the command line names, or null.</param>
    /// <param name="name">The module's name.</param>
    /// <param name="error">Where errors go.</param>
    public static ModuleConfig? Find(string? file, string name, TextWriter error)
    {
        if (file is null && !File.Exists(DefaultConfigFile))
        {
            return Find(BuiltIn, "", name, error);
        }

        var result = ConfigLoader.Load(file ?? DefaultConfigFile);
        if (result.Config is { } config)
        {
            return Find(config, $"{file ?? DefaultConfigFile} has ", name, error);
        }

        ConfigErrorReport.Write(result, error);
        return null;
    }

    private static ModuleConfig? Find(ExporterConfig config, string place, string name, TextWriter error)
    {
        if (config.FindModule(name) is { } module)
        {
            return module;
        }

        string[] known = [.. config.Modules.Keys, .. config.BuiltInModules.Keys];
        var complaint = place.Length == 0 ? $"there is no built-in module {Show(name)}, and no {DefaultConfigFile} here" : $"{place}no module {Show(name)}";
        error.WriteLine($"zmq_exporter: {complaint}; {Suggestion.Remedy(name, known, "modules")}");
        return null;
    }

    private static string Show(string name) => Quoted.Text(name);
}
