using System.CommandLine;
using ZmqExporter.Configuration;
using ZmqExporter.Modules;

namespace ZmqExporter.Cli;

/// <summary><c>zmq_exporter modules [NAME]</c>: lists the built-in modules, or prints one as a configuration.</summary>
internal static class ModulesCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var name = new Argument<string?>("name")
        {
            Description = "Print this one as a configuration",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("modules", "List the built-in modules, or print one of them") { name };
        command.SetAction(parsed => parsed.GetValue(name) is { } wanted
            ? Print(wanted, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error)
            : List(parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int List(TextWriter output)
    {
        var configs = ModuleSource.BuiltIn.BuiltInModules;
        var width = BuiltInModules.All.Max(module => module.Name.Length);
        foreach (var module in BuiltInModules.All)
        {
            output.WriteLine($"{module.Name.PadRight(width)}  {configs[module.Name].Prober.Name,-9}  {module.Description}");
        }

        return ExitCode.Ok;
    }

    private static int Print(string wanted, TextWriter output, TextWriter error)
    {
        if (BuiltInModules.All.FirstOrDefault(module => module.Name == wanted) is { } module)
        {
            output.Write(module.Text);
            return ExitCode.Ok;
        }

        var names = BuiltInModules.All.Select(known => known.Name).ToList();
        error.WriteLine($"zmq_exporter: there is no built-in module {Quote(wanted)}; {Suggestion.Remedy(wanted, names, "modules")}");
        return ExitCode.Usage;
    }

    private static string Quote(string text) => Quoted.Text(text);
}
