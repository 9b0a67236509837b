using System.Globalization;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Cli;

/// <summary>Counts the results of several probes. Not thread-safe.</summary>
internal sealed class ProbeSummary
{
    private readonly List<TimeSpan> _roundTrips = [];
    private readonly Dictionary<ProbeOutcome, int> _counts = [];

    /// <summary>How many results there are.</summary>
    public int Count => _counts.Values.Sum();

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _counts.Count == 0;

    /// <summary>Why results are missing: words for the end of a sentence; null when none is.</summary>
    public string? Incomplete { get; set; }

    /// <summary>The results that tell nothing of the server.</summary>
    public int Unknown => Of(ProbeOutcome.Pending) + Of(ProbeOutcome.LocalError);

    /// <summary>The exit code of a Nagios plugin for all of them: 2 when any failed, else 1 when any was late, else 3 when any is unknown, else 0.</summary>
    /// <remarks>Nagios holds UNKNOWN for the highest code and not for the worst news: a failure that was seen must not hide behind it.</remarks>
    public int ExitCode => PluginVerdict.ExitCode(Worst);

    /// <summary>The word that goes with the exit code.</summary>
    public string Word => ProbeVerdict.Word(Worst).ToUpperInvariant();

    /// <summary>How many ended in which way.</summary>
    public string Counts
    {
        get
        {
            var parts = new List<string>
            {
                Text($"{Count} {(Count == 1 ? "probe" : "probes")}: {Of(ProbeOutcome.OnTime)} OK"),
                Text($"{Of(ProbeOutcome.Late)} late"),
                Text($"{Of(ProbeOutcome.Miss)} missed"),
            };
            AddIfAny(parts, ProbeOutcome.Pending, "pending");
            AddIfAny(parts, ProbeOutcome.LocalError, "not made, by the exporter's own fault");
            return string.Join(", ", parts);
        }
    }

    private ProbeOutcome Worst =>
        Of(ProbeOutcome.Miss) > 0 ? ProbeOutcome.Miss
        : Of(ProbeOutcome.Late) > 0 ? ProbeOutcome.Late
        : Unknown > 0 || Incomplete is not null || IsEmpty ? ProbeOutcome.LocalError
        : ProbeOutcome.OnTime;

    /// <summary>How many ended in this way.</summary>
    public int Of(ProbeOutcome outcome) => _counts.GetValueOrDefault(outcome);

    /// <summary>Takes a result.</summary>
    public void Add(ProbeResult result)
    {
        _counts[result.Outcome] = Of(result.Outcome) + 1;
        if (result.RoundTrip is { } roundTrip)
        {
            _roundTrips.Add(roundTrip);
        }
    }

    /// <summary>Takes those that a signal has left without a result.</summary>
    /// <param name="missing">How many; may be 0.</param>
    /// <param name="all">How many there should be.</param>
    public void AddMissing(int missing, int all)
    {
        if (missing > 0)
        {
            Incomplete = Text($"ended by a signal, and {missing} of {all} are missing");
        }
    }

    /// <inheritdoc />
    public override string ToString()
    {
        var sorted = _roundTrips.Order().ToArray();
        var figures = sorted.Length == 0
            ? ""
            : $"; round trip min {ProbeVerdict.Show(sorted[0])}, median {ProbeVerdict.Show(sorted[sorted.Length / 2])}, max {ProbeVerdict.Show(sorted[^1])}";
        return Counts + figures + (Incomplete is null ? "" : $"; {Incomplete}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void AddIfAny(List<string> parts, ProbeOutcome outcome, string words)
    {
        if (Of(outcome) > 0)
        {
            parts.Add(Text($"{Of(outcome)} {words}"));
        }
    }
}
