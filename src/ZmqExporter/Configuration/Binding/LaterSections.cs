using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Sections that the contract knows and this version does not: they may stand there empty.</summary>
internal static class LaterSections
{
    private static readonly (string Key, string Instead)[] Lists =
    [
        ("target_files", "list the targets under targets"),
        ("target_urls", "list the targets under targets"),
    ];

    /// <summary>Reports what is not empty.</summary>
    public static void Check(Section root)
    {
        foreach (var (key, instead) in Lists)
        {
            CheckEmpty(root.Find(key), instead);
        }
    }

    private static void CheckEmpty(ConfigValue? value, string instead)
    {
        if (value?.ReadItems("write []") is { IsEmpty: false })
        {
            value.Error("is not in this version yet", $"{instead}, and write [] here or remove the key");
        }
    }
}
