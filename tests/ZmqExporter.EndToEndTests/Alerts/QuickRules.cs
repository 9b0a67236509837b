using System.Globalization;
using System.Text.RegularExpressions;
using TestSupport.Promql;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>The rules of alerts/ with a minute as three seconds, so that a test can wait for what waits for ten minutes.</summary>
internal static partial class QuickRules
{
    private const double Factor = 20;

    /// <summary>Writes them and returns the pattern of their files.</summary>
    public static string WriteTo(TempDirectory directory)
    {
        foreach (var file in AlertRules.Files)
        {
            directory.Write(Path.GetFileName(file), Duration().Replace(Repository.Read(file), duration => Quick(duration.Value)));
        }

        return Path.Combine(directory.Path, "*.rules.yml");
    }

    private static string Quick(string duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{PromqlDuration.Seconds(duration) * 1000 / Factor:0}ms");

    /// <summary>Ranges, steps of subqueries, offsets, and what waits or repeats.</summary>
    [GeneratedRegex(@"(?<=\[|[smhd]:|offset |for: |interval: )(\d+[smhd])+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Duration();
}
