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
            ledger.Lost > run.Config.MaxLost ? Lost(run) : null,
            ledger.Duplicates > 0 ? $"{Times(ledger.Duplicates)} came twice" : null,
            ledger.Reordered > 0 ? $"{Times(ledger.Reordered)} came out of order" : null,
            ledger.Altered > 0 ? $"{Times(ledger.Altered)} came with other bytes than were sent" : null,
            run.Foreign > 0 ? $"{Times(run.Foreign)} came that {(run.Foreign == 1 ? "is" : "are")} not ours: somebody else sends here, and this probe took {(run.Foreign == 1 ? "it" : "them")} from {(run.Foreign == 1 ? "its" : "their")} workers; the module says exclusive: true, which is wrong" : null,
        ];
        var all = string.Join("; ", problems.OfType<string>());
        return all.Length == 0 ? null : all + run.Dialog;
    }

    /// <summary>What is worth saying of a success.</summary>
    public static string Success(LoopRun run)
    {
        var (found, ledger) = (Found(run), run.Ledger);
        return found.Length > 0 ? found
            : ledger.Lost > 0 ? Text($"{Lost(run)}, and max_lost is {run.Config.MaxLost}")
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

    /// <summary>That not all requests had their turn.</summary>
    public static string TooSlow(LoopRun run) => Text(
        $"only {run.Ledger.Came:N0} of {run.Config.Messages:N0} requests came back within {Durations.Words(run.Clock.Timeout)}, one after the other: the path is slow, or the timeout is too short for so many");

    private static string Lost(LoopRun run)
    {
        var (lost, sent) = (run.Ledger.Lost, run.Ledger.Sent);
        var what = run.Config.Path is LoopPath.Queue or LoopPath.Majordomo ? "request" : "message";
        var of = sent == 1 ? $"the {what}" : Text($"{lost:N0} of {sent:N0} {what}s");
        return Text($"{of} did not come back within {Durations.Words(run.Clock.Timeout)}: {(run.Config.Path == LoopPath.Majordomo ? "the broker" : "the proxy")} lost {(lost == 1 ? "it" : "them")}");
    }

    private static string Times(int count) => count == 1 ? "1 message" : Text($"{count:N0} messages");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
