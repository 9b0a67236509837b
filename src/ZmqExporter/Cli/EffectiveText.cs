using ZmqExporter.Configuration;

namespace ZmqExporter.Cli;

/// <summary>Prints the settings of targets for people: a block for each target and module, a line for each setting.</summary>
internal static class EffectiveText
{
    private const int MaxValueWidth = 40; // a longer value shifts its own origin alone

    /// <summary>Prints those of all targets.</summary>
    public static void Write(ConfigCheck check, TextWriter output)
    {
        var isFirst = true;
        foreach (var target in check.Targets)
        {
            output.Write(isFirst ? "" : "\n");
            isFirst = false;
            Write(target, check.SettingsOf(target), output);
        }

        if (!check.Config!.TargetUrls.IsEmpty)
        {
            output.WriteLine($"{(isFirst ? "" : "\n")}# and the targets of {string.Join(", ", check.Config.TargetUrls.Select(url => url.Name))}, which is not asked here");
        }
    }

    private static void Write(TargetConfig target, EquatableArray<EffectiveSetting> settings, TextWriter output)
    {
        var keys = settings.Max(setting => setting.Key.Length);
        var values = settings.Max(setting => Math.Min(setting.Value.Length, MaxValueWidth));
        output.WriteLine($"{Quoted.Plain(target.Name)} with module {Quoted.Plain(target.Module.Name)}");
        foreach (var setting in settings)
        {
            output.WriteLine($"  {setting.Key.PadRight(keys)}  {setting.Value.PadRight(values)}  # {setting.Origin}");
        }
    }
}
