using System.Globalization;
using System.Text;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.OnDemand;

/// <summary>All of a probe on demand for people: what was probed, the conversation, the phases, the verdict and the series.</summary>
internal static class ReportText
{
    /// <summary>The text.</summary>
    public static string Of(ProbeReport report)
    {
        var (target, result) = (report.Conversation.Target, report.Result);
        var text = new StringBuilder();
        Line($"probe of {target.Endpoint} with module {target.Module.Name}, at {report.Started.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}");
        Line($"prober {target.Module.Prober.Name}, timeout {ProbeVerdict.Show(target.Module.Timeout)}");
        Line($"");
        Line($"conversation (* event, > sent, < received):");
        AddLines(report.Conversation.Entries.Select(entry => entry.ToString()), "nothing happened");
        AddLines(report.Conversation.Lines);
        Line($"");
        Line($"phases:");
        AddLines(report.Conversation.Phases.Select(phase => $"{phase.Name,-10} {ProbeVerdict.Show(phase.Duration)}"), "none was reached");
        Line($"");
        var reason = report.Reason is { } why ? $" ({why.Label()})" : "";
        Line($"verdict after {ProbeVerdict.Show(report.Duration)}: {Word(report)}{reason}: {ProbeVerdict.Sentence(target, result)}");
        Line($"");
        Line($"series:");
        text.Append(Encoding.UTF8.GetString(ReportMetrics.Write(report, MetricsFormat.Text)));
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        void AddLines(IEnumerable<string> lines, string? without = null)
        {
            foreach (var line in lines.DefaultIfEmpty(without))
            {
                if (line is not null)
                {
                    Line($"  {line}");
                }
            }
        }
    }

    private static string Word(ProbeReport report) =>
        (report.IsSuccess || report.Result.Reason is not null ? ProbeVerdict.Word(report.Result.Outcome) : ProbeVerdict.Word(ProbeOutcome.Miss)).ToUpperInvariant();
}
