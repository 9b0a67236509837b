using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>What was seen of a loop's messages, in words.</summary>
internal static class LoopWords
{
    /// <summary>What is wrong with what came; null when nothing is.</summary>
    public static string? Problem(LoopRun run)
    {
        var ledger = run.Ledger;
        string?[] problems =
        [
            run.Lost > run.Config.MaxLost ? Lost(run) : null,
            ledger.Duplicates > 0 ? $"{Times(ledger.Duplicates)} came twice" : null,
            ledger.Reordered > 0 ? $"{Times(ledger.Reordered)} came out of order" : null,
            ledger.Altered > 0 ? $"{Times(ledger.Altered)} came with other bytes than were sent" : null,
            run.Foreign > 0 ? $"{Times(run.Foreign)} came that {(run.Foreign == 1 ? "is" : "are")} not ours: somebody else sends here, and this probe took {(run.Foreign == 1 ? "it" : "them")} from {(run.Foreign == 1 ? "its" : "their")} workers; the module says exclusive: true, which is wrong" : null,
        ];
        var all = string.Join("; ", problems.OfType<string>());
        return all.Length == 0 ? null : all + run.Dialog + OfOthers(run);
    }

    /// <summary>What is worth saying of a success.</summary>
    public static string Success(LoopRun run)
    {
        var (found, ledger) = (Found(run), run.Ledger);
        return found.Length > 0 ? found
            : run.Lost > 0 ? Text($"{Lost(run)}, and max_lost is {run.Config.MaxLost}")
            : "";
    }

    /// <summary>That the slowest message was late.</summary>
    public static string Slow(LoopRun run, TimeSpan lateAfter) => Text(
        $"{(run.Ledger.Sent == 1 ? "the message" : Text($"the slowest of {run.Ledger.Sent:N0} messages"))} took {run.Ledger.Slowest.TotalSeconds:0.000} s, and the limit is {lateAfter.TotalSeconds:0.###} s");

    /// <summary>What was wrong with the kept connections; empty for nothing.</summary>
    public static string Found(LoopRun run) => string.Join("; ", new[] { run.Sender, run.Receiver }
        .Where(side => side.Found.Length > 0).Select(side => $"{side.Words}: {side.Found}"));

    /// <summary>That nothing came.</summary>
    public static string Nothing(LoopRun run)
    {
        var within = $"within {Durations.Words(run.Clock.Timeout)}";
        return run.Sender.Link.IsSubscribed == false
            ? $"nothing came through {within}: both sides completed the handshake, but our subscription at {run.Receiver.Words} did not reach {run.Sender.Words}, so the proxy does not pass subscriptions on, or the two are no sides of one proxy"
            : $"nothing came through {within} although both sides completed the handshake";
    }

    /// <summary>That the time was too short for a judgement.</summary>
    public static string TooShort(LoopRun run) =>
        $"the path lets messages through, but a new connection and its subscription took most of {Durations.Words(run.Clock.Timeout)}: the next probe tells";

    /// <summary>That the connections were there so late that nothing could come through.</summary>
    public static string LateConnect(LoopRun run) =>
        $"both sides are connected now, but that took most of {Durations.Words(run.Clock.Timeout)}: the next probe tells whether messages come through";

    /// <summary>That this process did not keep up.</summary>
    public static string Unread(LoopRun run) =>
        $"{Times(run.Unread)} came that this process did not come to read, so that nobody knows what else came: it is too busy for bursts of {run.Config.Messages}";

    /// <summary>That not all had the time to come.</summary>
    public static string TooSlow(LoopRun run) => Text(
        $"only {run.Ledger.Came:N0} of {run.Config.Messages:N0} {What(run)}s came back within {Durations.Words(run.Clock.Timeout)}{(IsRoundTrip(run) ? ", one after the other" : "")}: the path is slow, or the timeout is too short for so many");

    private static string Lost(LoopRun run)
    {
        var (lost, sent) = (run.Lost, run.Ledger.Sent);
        var of = sent == 1 ? $"the {What(run)}" : Text($"{lost:N0} of {sent:N0} {What(run)}s");
        var who = run.Config.Path == LoopPath.Majordomo ? "the broker" : "the proxy";
        var them = lost == 1 ? "it" : "them";

        // Only what came later tells a loss from a path that stands still.
        var why = !IsRoundTrip(run) && run.Ledger.Came > 0 && run.Ledger.Tail - run.Undecided is > 0 and var tail
            ? tail == lost ? $"nothing came after {them}, so {who} has stopped passing messages on, is slow, or lost {them}"
            : Text($"later ones came for {lost - tail:N0} of {them}, which {who} lost, and nothing came after the others")
            : $"{who} lost {them}{(run.Config.Path is LoopPath.PushPull or LoopPath.Queue ? $", or gave {them} to somebody else who takes work there" : "")}";
        return Text($"{of} did not come back within {Durations.Words(run.Clock.Timeout)}: {why}");
    }

    private static bool IsRoundTrip(LoopRun run) => run.Config.Path is LoopPath.Queue or LoopPath.Majordomo;

    private static string What(LoopRun run) => IsRoundTrip(run) ? "request" : "message";

    private static string OfOthers(LoopRun run) => run.OfOthers == 0 ? ""
        : $"; {Times(run.OfOthers)} came that another zmq_exporter sent, or this one before it was started again: two that probe one path of this kind take each other's messages";

    private static string Times(int count) => count == 1 ? "1 message" : Text($"{count:N0} messages");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
