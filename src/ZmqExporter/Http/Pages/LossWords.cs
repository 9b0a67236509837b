using ZmqExporter.Targets;

namespace ZmqExporter.Http.Pages;

/// <summary>That a publisher's messages get lost, in words: its state says nothing of it, because those that come are good.</summary>
internal static class LossWords
{
    // As the alert ZmqSubscriptionLosingMessages has it, over all that was counted: a loss or two of a long run are nothing to show.
    private const long Fewest = 3;
    private const double Share = 0.001;

    /// <summary>The runbook's section, as a link from the root.</summary>
    public const string Runbook = "docs/runbook#zmqsubscriptionlosingmessages";

    /// <summary>A note, such as "12 messages lost"; null when there is nothing to show.</summary>
    public static string? NoteOf(TargetSnapshot target) => LostOf(target) is { } lost ? NumberWords.Text($"{lost} messages lost") : null;

    /// <summary>A sentence; null when there is nothing to show.</summary>
    public static string? SentenceOf(TargetSnapshot target)
    {
        if (LostOf(target) is not { } lost)
        {
            return null;
        }

        var counts = target.Subscription!;
        var gone = counts.Sequence.LostWhileDisconnected;
        var when = gone == 0 ? "All of them while the connection stood: the publisher, or what is between, drops them."
            : gone == lost ? "All of them while there was no connection."
            : NumberWords.Text($"{gone} of them while there was no connection.");
        return NumberWords.Text($"{lost} of {lost + counts.Messages} messages are lost: their numbers are missing. {when}");
    }

    private static long? LostOf(TargetSnapshot target) =>
        target.Subscription is { Sequence.Lost: >= Fewest and var lost } counts && lost > Share * (lost + counts.Messages) ? lost : null;
}
