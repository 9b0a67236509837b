using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Lists of modules, wherever they stand.</summary>
internal static class ModuleNames
{
    /// <summary>Reads the names; those that are unknown or listed twice are reported and left out.</summary>
    public static ImmutableArray<string> Read(IEnumerable<ConfigValue> items, ModuleCatalog catalog)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var item in items)
        {
            if (item.ReadText("write the name of a module") is not { } name)
            {
                continue;
            }

            if (name.Length == 0)
            {
                item.Error("the name of a module is empty", "write one, or remove the comma that is too much");
            }
            else if (!catalog.Contains(name))
            {
                item.Error($"there is no module {item.Shown}", catalog.Remedy(name));
            }
            else if (names.Contains(name))
            {
                item.Error($"module {item.Shown} is listed twice", "remove one of the two");
            }
            else
            {
                names.Add(name);
            }
        }

        return names.DrainToImmutable();
    }
}
