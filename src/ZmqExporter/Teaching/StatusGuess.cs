using System.Collections.Frozen;
using System.Globalization;

namespace ZmqExporter.Teaching;

/// <summary>Finds what says how a server is: "status": "ok".</summary>
internal static class StatusGuess
{
    private const int MaxText = 64;

    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
        ["status", "state", "health", "healthy", "ready", "ok", "alive", "result", "success", "running", "online", "available"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> CodeNames = FrozenSet.ToFrozenSet(["status", "code", "status_code", "statuscode", "rc", "errno", "errorcode", "error_code"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> ErrorNames = FrozenSet.ToFrozenSet(["error", "errors", "err", "fault", "exception", "failure", "failed"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Good = FrozenSet.ToFrozenSet(
        [
            "ok", "up", "healthy", "ready", "running", "active", "serving", "alive", "pass", "passed", "success", "succeeded", "good", "green", "online",
            "connected", "idle", "started", "normal", "available", "synced",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Bad = FrozenSet.ToFrozenSet(
        ["error", "down", "failed", "failure", "fail", "unhealthy", "critical", "degraded", "offline", "stopped", "dead", "red", "disconnected", "unavailable", "timeout"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether it says how the server is, so that it is no number for a metric.</summary>
    public static bool IsStatus(Column column) => column.Kind switch
    {
        DocumentKind.Boolean => Names.Contains(column.LastWord) || ErrorNames.Contains(column.LastWord),
        DocumentKind.Number => CodeNames.Contains(column.LastWord),
        _ => false,
    };

    /// <summary>What to expect of it, or why not; nulls when it says nothing of the kind.</summary>
    /// <param name="column">What stood there.</param>
    /// <param name="messages">How many messages there are.</param>
    public static (Proposal? Proposal, string? Note) Of(Column column, int messages)
    {
        if (column.Origin != ColumnOrigin.Document || !column.IsEverywhere || column.Kind is not { } kind)
        {
            return default;
        }

        var text = column.Seen.First();
        if (column is { IsEcho: true, IsConstant: true, Kind: DocumentKind.Text })
        {
            return (Entry(column, kind, text, $"{column.Shown} brought back the {{token}} that was sent: so a reply is known to be the answer to its request"), null);
        }

        if (!Says(column, kind))
        {
            return default;
        }

        if (!column.IsConstant)
        {
            return (new Proposal(
                $"{{{column.Place.Keys}}}",
                $"{column.Shown} says how it is, and was not always the same ({string.Join(", ", column.Seen.Distinct(StringComparer.Ordinal).Take(3).Select(seen => Printable.Of(seen, 30)))}): write one_of and all that a healthy one may say"), null);
        }

        return IsWell(column, kind, text)
            ? (Entry(column, kind, text, $"{column.Shown} looks like a status{Times(messages)}; write one_of if a healthy one may say other things, too"), null)
            : (null, $"{column.Shown} says {Printable.Of(text, 60)}: no proposal, because that does not look healthy");
    }

    /// <summary>"each of 3 times", for what was the same in several messages.</summary>
    public static string Times(int messages) => messages == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", and was the same each of {messages} times");

    private static bool Says(Column column, DocumentKind kind) => kind switch
    {
        DocumentKind.Text => (Names.Contains(column.LastWord) || Good.Contains(column.Seen.First())) && column.Seen.All(text => text.Length <= MaxText && !TextShape.LooksRandom(text)),
        DocumentKind.Null => ErrorNames.Contains(column.LastWord),
        _ => IsStatus(column),
    };

    private static bool IsWell(Column column, DocumentKind kind, string text) => kind switch
    {
        DocumentKind.Text => text.Length > 0 && !Bad.Contains(text),
        DocumentKind.Boolean => text == (ErrorNames.Contains(column.LastWord) ? "false" : "true"),
        DocumentKind.Number => text is "0" or "200",
        _ => true,
    };

    private static Proposal? Entry(Column column, DocumentKind kind, string text, string why) =>
        TestText.EqualTo(kind, text, column.IsEcho) is { } test ? new Proposal($"{{{Place.Join(column.Place.Keys, test)}}}", why) : null;
}
