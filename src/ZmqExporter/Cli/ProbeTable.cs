using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;

namespace ZmqExporter.Cli;

/// <summary>Many targets as a table, a line each. Immutable.</summary>
internal sealed class ProbeTable
{
    private const int MaxWidth = 40; // a longer name shifts its own line alone
    private const int ResultWidth = 7; // UNKNOWN
    private const int TimeWidth = 10;

    private readonly int _targetWidth;
    private readonly int _moduleWidth;

    /// <param name="targets">All that the table will have.</param>
    public ProbeTable(ImmutableArray<TargetConfig> targets)
    {
        _targetWidth = Width("TARGET", targets.Select(target => target.Name));
        _moduleWidth = Width("MODULE", targets.Select(target => target.Module.Name));
    }

    /// <summary>The first line.</summary>
    public string Heading => Line("TARGET", "MODULE", "RESULT", "ROUND TRIP", "WHY");

    /// <summary>The line of a target: in words what is not well, and of what is well the time alone.</summary>
    public string Row(ProbeConversation conversation)
    {
        var (target, result) = (conversation.Target, conversation.Result);
        var word = ProbeVerdict.Word(result.Outcome);
        var reason = result.Reason is { } known ? $"{known.Label()}: " : "";
        return Line(
            Quoted.Plain(target.Name),
            Quoted.Plain(target.Module.Name),
            word.ToUpperInvariant(),
            result.RoundTrip is { } roundTrip ? ProbeVerdict.Show(roundTrip) : "-",
            word == "ok" ? "" : $"{reason}{ProbeVerdict.Sentence(target, result)}");
    }

    private static int Width(string heading, IEnumerable<string> names) =>
        Math.Min(MaxWidth, names.Select(name => Quoted.Plain(name).Length).Append(heading.Length).Max());

    private string Line(string target, string module, string result, string time, string why) =>
        $"{target.PadRight(_targetWidth)}  {module.PadRight(_moduleWidth)}  {result.PadRight(ResultWidth)}  {time.PadLeft(TimeWidth)}  {why}".TrimEnd();
}
