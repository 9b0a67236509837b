using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Sections that the contract knows and this version does not: they may stand there empty.</summary>
internal static class LaterSections
{
    /// <summary>Reports what is not empty.</summary>
    public static void Check(Section root)
    {
        if (root.Find("probe_endpoint") is { } endpoint && Section.Open(endpoint, ConfigKeys.ProbeEndpoint) is { } section)
        {
            CheckEmpty(section.Find("allow"), "remove the entries");
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
