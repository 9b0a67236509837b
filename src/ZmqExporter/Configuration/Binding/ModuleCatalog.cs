using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>
/// The modules that a config can name: those of its file and the built-in ones. A module of the file hides a built-in one of the same
/// name, and may extend the very one that it hides.
/// </summary>
internal sealed class ModuleCatalog
{
    private const int MaxChain = 16;

    private readonly Dictionary<string, ConfigValue> _file = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConfigValue> _builtIn = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string>.Builder _fileNames = ImmutableArray.CreateBuilder<string>();

    /// <summary>Reads the names; the modules themselves are read when they are resolved.</summary>
    public ModuleCatalog(ConfigValue? modules, BindingContext context)
    {
        foreach (var (name, module) in context.BuiltInModules)
        {
            _builtIn[name] = new ConfigValue(module, Quoted.Path("modules", name), context.Errors);
        }

        foreach (var (entry, module) in modules?.ReadEntries("write name: {prober: request, …} below it") ?? [])
        {
            if (Names.Complaint(entry.Key) is { } complaint)
            {
                context.Errors.Add(entry.KeyMark, module.Path, complaint, "write a short name such as ping");
            }

            _file[entry.Key] = module;
            _fileNames.Add(entry.Key);
        }

        BuiltInNames = [.. _builtIn.Keys.Where(name => !_file.ContainsKey(name)).Order(StringComparer.Ordinal)];
        Known = [.. _fileNames, .. BuiltInNames];
    }

    /// <summary>The names of the file's modules, in its order.</summary>
    public IEnumerable<string> FileNames => _fileNames;

    /// <summary>The names of the built-in modules that no module of the file hides.</summary>
    public ImmutableArray<string> BuiltInNames { get; }

    /// <summary>Every name that a target or <c>extends</c> can use.</summary>
    public ImmutableArray<string> Known { get; }

    /// <summary>Whether there is such a module, good or bad.</summary>
    public bool Contains(string name) => _file.ContainsKey(name) || _builtIn.ContainsKey(name);

    /// <summary>What to answer when a module is named that does not exist.</summary>
    /// <param name="name">The name.</param>
    /// <param name="but">The module that asks, which cannot be meant; or null.</param>
    public string Remedy(string name, string? but = null)
    {
        var remedy = Suggestion.Remedy(name, [.. Known.Where(other => other != but)], [.. _fileNames.Where(other => other != but)], "modules");
        return BuiltInNames.IsEmpty ? remedy : $"{remedy}; zmq_exporter modules lists the built-in ones";
    }

    /// <summary>A module with all that it extends, or with as much of it as can be found; null when it is no mapping.</summary>
    public ModuleChain? Resolve(string name)
    {
        var sections = ImmutableArray.CreateBuilder<Section>();
        var visited = new List<(string Name, ConfigValue Module)>();
        (string Name, ConfigValue Module)? next = (name, _file.GetValueOrDefault(name) ?? _builtIn[name]);
        while (next is var (current, module))
        {
            if (Section.Open(module, "write at least prober: request below the name") is not { } section)
            {
                return sections.Count == 0 ? null : Partial();
            }

            sections.Add(section);
            visited.Add((current, module));
            if (section.Find("extends") is not { } extends)
            {
                return new ModuleChain(name, sections.DrainToImmutable())
                {
                    Members = [.. visited.Select(member => (member.Name, !ReferenceEquals(_file.GetValueOrDefault(member.Name), member.Module)))],
                };
            }

            next = FindParent(extends, current, visited);
        }

        return Partial();

        ModuleChain Partial() => new(name, [.. sections.Select(section => section.AsPartial())]);
    }

    private (string Name, ConfigValue Module)? FindParent(
        ConfigValue extends, string child, List<(string Name, ConfigValue Module)> visited)
    {
        if (extends.ReadText("write the name of another module") is not { } name)
        {
            return null;
        }

        var isItself = name == child && ReferenceEquals(_file.GetValueOrDefault(child), visited[^1].Module);
        var parent = isItself ? _builtIn.GetValueOrDefault(name) : _file.GetValueOrDefault(name) ?? _builtIn.GetValueOrDefault(name);
        if (parent is null && !isItself)
        {
            extends.Error($"there is no module {extends.Shown}", Remedy(name, but: child));
            return null;
        }

        var start = visited.FindIndex(seen => ReferenceEquals(seen.Module, isItself && parent is null ? visited[^1].Module : parent));
        if (start >= 0)
        {
            ReportCycle(visited[start..]);
            return null;
        }

        if (visited.Count == MaxChain)
        {
            extends.Error($"more than {MaxChain} modules extend one another in a row", "extend a module nearer to the start of the row");
            return null;
        }

        return (name, parent!);
    }

    // A circle is reported once, at the member that comes first by name, wherever it was entered.
    private static void ReportCycle(List<(string Name, ConfigValue Module)> members)
    {
        var first = members.FindIndex(member => member.Name == members.Min(other => other.Name));
        var rotated = members[first..].Concat(members[..first]).Select(member => Quoted.Plain(member.Name)).ToList();
        var extends = Section.Open(members[first].Module, "")?.Find("extends");
        extends?.Error(
            $"modules extend each other in a circle: {string.Join(" → ", rotated.Append(rotated[0]))}",
            "remove extends from one of them");
    }
}
