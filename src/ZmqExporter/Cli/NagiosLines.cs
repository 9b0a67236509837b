using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Cli;

/// <summary>Several probes as a Nagios plugin prints them: a first line with the counts and what is not well, and then a line for each.</summary>
internal static class NagiosLines
{
    private const int MaxNamed = 10; // Nagios shows the first line alone, and cuts it

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Of(ProbeSummary summary, IEnumerable<ProbeConversation> conversations)
    {
        var all = conversations.ToList();
        var bad = all.Where(conversation => conversation.Result.Outcome != ProbeOutcome.OnTime).OrderBy(Rank).ToList();
        var named = bad.Take(MaxNamed).Select(Name);
        var words = bad.Count == 0 ? "" : $": {string.Join(", ", named)}{(bad.Count > MaxNamed ? ", …" : "")}";
        words += summary.Incomplete is null ? "" : $"; {summary.Incomplete}";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Word}: {summary.Counts}{words.Replace('|', '/')} | ok={summary.Of(ProbeOutcome.OnTime)} late={summary.Of(ProbeOutcome.Late)} failed={summary.Of(ProbeOutcome.Miss)} unknown={summary.Unknown}");
        foreach (var conversation in all)
        {
            var line = $"{PluginVerdict.Heading(conversation.Result)}: {ProbeVerdict.Sentence(conversation.Target, conversation.Result)}";
            yield return $"{Subject(conversation.Target)} {line}".Replace('|', '/');
        }
    }

    private static int Rank(ProbeConversation conversation) => conversation.Result.Outcome switch
    {
        ProbeOutcome.Miss => 0,
        ProbeOutcome.Late => 1,
        _ => 2,
    };

    private static string Name(ProbeConversation conversation) => conversation.Result.Reason is { } reason
        ? $"{Subject(conversation.Target)} ({reason.Label()})"
        : $"{Subject(conversation.Target)} ({ProbeVerdict.Word(conversation.Result.Outcome)})";

    private static string Subject(TargetConfig target) => $"{Quoted.Plain(target.Name)}/{Quoted.Plain(target.Module.Name)}";
}
