using System.Globalization;
using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>Puts values where a query has variables, the way Grafana does for Prometheus.</summary>
internal sealed partial class GrafanaVariables
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <param name="range">What the time picker is set to.</param>
    /// <param name="rateInterval">The window of a rate: at least four scrapes.</param>
    public GrafanaVariables(TimeSpan range, TimeSpan rateInterval)
    {
        Set("__range", Seconds(range));
        Set("__rate_interval", Seconds(rateInterval));
    }

    /// <summary>What stands for each variable.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Chooses values by name: one stands for itself, several are alternatives.</summary>
    public void Choose(string name, IReadOnlyList<string> values)
    {
        var escaped = values.Select(value => Special().Replace(value, @"\\$0")).ToArray(); // twice: PromQL's strings unescape once
        Set(name, escaped is [var only] ? only : $"({string.Join('|', escaped)})");
    }

    /// <summary>Sets a variable to a text.</summary>
    public void Set(string name, string value) => _values[name] = value;

    /// <summary>The query with every variable replaced; one without a value is an error.</summary>
    public string Fill(string query) =>
        Variable().Replace(query, match => _values.TryGetValue(match.Groups["name"].Value, out var value)
            ? value
            : throw new InvalidOperationException($"${match.Groups["name"].Value} has no value: {query}"));

    private static string Seconds(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{(long)duration.TotalSeconds}s");

    [GeneratedRegex(@"\$(\{(?<name>[a-z_]\w*)\}|(?<name>[a-z_]\w*))", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"[$^*{}\[\]'+?.()|]", RegexOptions.None, 1000)]
    private static partial Regex Special();
}
