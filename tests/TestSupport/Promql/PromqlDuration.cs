using System.Globalization;
using System.Text.RegularExpressions;

namespace TestSupport.Promql;

/// <summary>Durations as Prometheus writes them.</summary>
internal static partial class PromqlDuration
{
    /// <summary>How many seconds it is, such as 3599 of "59m59s".</summary>
    public static double Seconds(string duration) => Part().Matches(duration).Sum(part =>
        double.Parse(part.Groups["number"].Value, CultureInfo.InvariantCulture) * part.Groups["unit"].Value switch
        {
            "ms" => 0.001,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            "w" => 604800,
            _ => 31536000,
        });

    [GeneratedRegex("(?<number>[0-9]+)(?<unit>ms|[smhdwy])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Part();
}
