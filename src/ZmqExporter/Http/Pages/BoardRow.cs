using System.Collections.Immutable;
using ZmqExporter.Http.Api;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Pages;

/// <summary>One target × module as a row of the board. Immutable.</summary>
internal sealed record BoardRow
{
    private const int MostDetail = 300; // characters; the target's own page has the rest
    private const int MostWarnings = 5; // the metric has the number of all
    private const int DayHours = 24;

    /// <summary>The target's name.</summary>
    public required string Name { get; init; }

    /// <summary>The module's name.</summary>
    public required string Module { get; init; }

    /// <summary>Where it listens.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The link to its page.</summary>
    public required string Link { get; init; }

    /// <summary>The debounced state's label.</summary>
    public required string State { get; init; }

    /// <summary>Since when.</summary>
    public required PageTime Since { get; init; }

    /// <summary>What else is to be said of the state, such as "flapping"; none most of the time.</summary>
    public required ImmutableArray<string> Notes { get; init; }

    /// <summary>Its last results.</summary>
    public required ResultBar Bar { get; init; }

    /// <summary>Its last round trips.</summary>
    public required Sparkline Trips { get; init; }

    /// <summary>The part of the last 24 hours' probes that was answered.</summary>
    public required string Day { get; init; }

    /// <summary>The part of the last 7 days' probes that was answered.</summary>
    public required string Week { get; init; }

    /// <summary>Why the last probe failed, in words; null when it was answered.</summary>
    public required string? Reason { get; init; }

    /// <summary>What the last probe said; may hold text that the peer chose.</summary>
    public required string Detail { get; init; }

    /// <summary>What else is wrong: parts of the module that find nothing in what comes.</summary>
    public required ImmutableArray<string> Warnings { get; init; }

    /// <summary>When it ended; null before the first one.</summary>
    public required PageTime? LastProbe { get; init; }

    /// <summary>Its labels, each with the link to all targets that have it; null where that is too long for a URL.</summary>
    public required ImmutableArray<(string Name, string Value, string? Link)> Labels { get; init; }

    /// <summary>The row of a target.</summary>
    /// <param name="snapshot">What is known of it.</param>
    /// <param name="target">Its history; null when it is gone meanwhile.</param>
    /// <param name="query">What the board shows.</param>
    /// <param name="now">The time.</param>
    /// <param name="root">The way from the page to the root.</param>
    public static BoardRow Of(TargetSnapshot snapshot, Target? target, BoardQuery query, DateTimeOffset now, string root = "./")
    {
        var config = snapshot.Config;
        var hours = target?.Hours() ?? HourlySnapshot.Empty;
        var results = target?.Results() ?? [];
        var result = snapshot.LastResult;
        return new BoardRow
        {
            Name = config.Name,
            Module = config.Module.Name,
            Endpoint = config.Endpoint.ToString(),
            Link = root + "targets/" + TargetPath.Of(TargetKey.Of(config)),
            State = snapshot.State.Label(),
            Since = PageTime.Since(snapshot.StateSince, now),
            Notes = NotesOf(snapshot),
            Bar = new ResultBar(results),
            Trips = new Sparkline(results, config.Module.Policy.LateAfter),
            Day = NumberWords.Percent(hours.Last(DayHours, now).Availability),
            Week = NumberWords.Percent(hours.Last(HourlyCounts.Hours, now).Availability),
            Reason = result?.Reason is { } reason ? ReasonWords.Of(reason) : null,
            Detail = Cut(result?.Detail ?? ""),
            Warnings = [.. snapshot.Unmapped.Take(MostWarnings).Select(static source => Cut(source.ToString()))],
            LastProbe = snapshot.LastProbe is { } at ? PageTime.Ago(at, now) : null,
            Labels = [.. config.Labels.Select(label => (label.Key, label.Value, IsFilter(label) ? query.With(label.Key, label.Value).Link(root) : null))],
        };
    }

    /// <summary>What is to be said of a state besides its name.</summary>
    public static ImmutableArray<string> NotesOf(TargetSnapshot snapshot)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        if (snapshot.ConsecutiveMisses > 0)
        {
            notes.Add(snapshot.ConsecutiveMisses == 1 ? "1 miss" : NumberWords.Text($"{snapshot.ConsecutiveMisses} misses in a row"));
        }

        if (snapshot.Flapping)
        {
            notes.Add("flapping");
        }

        if (LossWords.NoteOf(snapshot) is { } loss)
        {
            notes.Add(loss);
        }

        if (snapshot.Overdue > snapshot.Config.Module.Interval)
        {
            notes.Add($"next probe overdue by {NumberWords.Span(snapshot.Overdue)}");
        }

        return notes.DrainToImmutable();
    }

    private static bool IsFilter(KeyValuePair<string, string> label) => label.Value.Length <= QueryText.MostText && label.Key.Length <= QueryText.MostText;

    private static string Cut(string text) =>
        text.Length <= MostDetail ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[MostDetail - 1]) ? MostDetail - 1 : MostDetail), "…");
}
