using System.Globalization;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Cli;

/// <summary>Counts the results of several probes. Not thread-safe.</summary>
internal sealed class ProbeSummary
{
    private readonly List<TimeSpan> _roundTrips = [];
    private readonly Dictionary<ProbeOutcome, int> _counts = [];

    /// <summary>The exit code of a Nagios plugin for all of them: 2 when any failed, else 1 when any was late, else 3 when any is unknown, else 0.</summary>
    /// <remarks>Nagios holds UNKNOWN for the highest code and not for the worst news: a failure that was seen must not hide behind it.</remarks>
    public int ExitCode =>
        Count(ProbeOutcome.Miss) > 0 ? PluginVerdict.ExitCode(ProbeOutcome.Miss)
        : Count(ProbeOutcome.Late) > 0 ? PluginVerdict.ExitCode(ProbeOutcome.Late)
        : Count(ProbeOutcome.Pending) + Count(ProbeOutcome.LocalError) > 0 ? PluginVerdict.ExitCode(ProbeOutcome.LocalError)
        : PluginVerdict.ExitCode(ProbeOutcome.OnTime);

    /// <summary>Takes a result.</summary>
    public void Add(ProbeResult result)
    {
        _counts[result.Outcome] = Count(result.Outcome) + 1;
        if (result.RoundTrip is { } roundTrip)
        {
            _roundTrips.Add(roundTrip);
        }
    }

    /// <inheritdoc />
    public override string ToString()
    {
        var total = _counts.Values.Sum();
        var parts = new List<string>
        {
            Text($"{total} {(total == 1 ? "probe" : "probes")}: {Count(ProbeOutcome.OnTime)} OK"),
            Text($"{Count(ProbeOutcome.Late)} late"),
            Text($"{Count(ProbeOutcome.Miss)} missed"),
        };
        AddIfAny(parts, ProbeOutcome.Pending, "pending");
        AddIfAny(parts, ProbeOutcome.LocalError, "not made, by the exporter's own fault");
        var sorted = _roundTrips.Order().ToArray();
        var figures = sorted.Length == 0
            ? ""
            : $"; round trip min {ProbeVerdict.Show(sorted[0])}, median {ProbeVerdict.Show(sorted[sorted.Length / 2])}, max {ProbeVerdict.Show(sorted[^1])}";
        return string.Join(", ", parts) + figures;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private int Count(ProbeOutcome outcome) => _counts.GetValueOrDefault(outcome);

    private void AddIfAny(List<string> parts, ProbeOutcome outcome, string words)
    {
        if (Count(outcome) > 0)
        {
            parts.Add(Text($"{Count(outcome)} {words}"));
        }
    }
}
