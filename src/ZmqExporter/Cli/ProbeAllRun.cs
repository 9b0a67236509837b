using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Cli;

/// <summary>Probes many targets once, several at the same time, and prints each in the order of the configuration.</summary>
internal sealed class ProbeAllRun(ProbeSession session, ProbeSelection selection, ReportForm form, ProbeReport report)
{
    // Those that are down take their whole timeout: one after the other, a hundred of them would take minutes.
    private const int AtOnce = 64;

    private readonly Lock _lock = new();
    private readonly ImmutableArray<TargetConfig> _targets = selection.Targets;
    private readonly ProbeConversation?[] _ended = new ProbeConversation?[selection.Targets.Length];
    private readonly ProbeSummary _summary = new();
    private readonly ProbeTable _table = new(selection.Targets);
    private int _printed;

    /// <summary>Probes and prints.</summary>
    /// <param name="cancellation">Ends it early: then the probes tell that have ended by then.</param>
    public async Task<ProbeSummary> RunAsync(CancellationToken cancellation)
    {
        if (form == ReportForm.Text)
        {
            report.WriteLine(_table.Heading);
        }

        // One server is asked one thing at a time: many answer one request after the other, and the second would look late.
        var servers = Enumerable.Range(0, _targets.Length).GroupBy(index => _targets[index].Endpoint.ToString(), StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            servers,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, // not the token: it would throw, and the results so far are worth having
            async (server, _) =>
            {
                foreach (var index in server)
                {
                    await ProbeAsync(index, cancellation);
                }
            });
        lock (_lock)
        {
            PrintNeedsLock(isEnd: true);
            _summary.Incomplete = selection.IsIncomplete ? "a list of targets has errors, so that some may be missing" : null;
            _summary.AddMissing(_targets.Length - _summary.Count, _targets.Length);
            End();
        }

        return _summary;
    }

    private async Task ProbeAsync(int index, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return;
        }

        using var probe = session.Create(_targets[index]);
        var conversation = await probe.ProbeAsync(cancellation);
        lock (_lock)
        {
            if (!cancellation.IsCancellationRequested)
            {
                _ended[index] = conversation;
                _summary.Add(conversation.Result);
                PrintNeedsLock(isEnd: false);
            }
        }
    }

    // Nagios shows the first line, which is only known at the end.
    private void PrintNeedsLock(bool isEnd)
    {
        for (; form != ReportForm.Nagios && _printed < _ended.Length && (isEnd || _ended[_printed] is not null); _printed++)
        {
            if (_ended[_printed] is { } conversation)
            {
                Print(conversation);
                _ended[_printed] = null;
            }
        }
    }

    private void Print(ProbeConversation conversation)
    {
        if (form == ReportForm.Text)
        {
            report.WriteLine(_table.Row(conversation));
        }
        else
        {
            report.Add(conversation);
        }
    }

    private void End()
    {
        if (form == ReportForm.Text)
        {
            report.WriteLine(_summary.ToString());
        }
        else if (form == ReportForm.Nagios && !_summary.IsEmpty)
        {
            foreach (var line in NagiosLines.Of(_summary, _ended.OfType<ProbeConversation>()))
            {
                report.WriteLine(line);
            }
        }
    }
}
