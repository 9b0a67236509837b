using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using ZmqExporter.Configuration;
using ZmqExporter.Http.Api;
using ZmqExporter.Policy;

namespace ZmqExporter.Cli.Watch;

/// <summary>What <c>watch</c> draws. Pure: from answers to something that a console renders.</summary>
internal static class WatchView
{
    private const int MostEvents = 5;
    private const int MostState = 17; // columns
    private const int MostModule = 16;
    private const int MostNumber = 10;
    private const int MostAgo = 6;
    private const int Gap = 2;

    private static readonly TargetState[] WorstFirst = [TargetState.Down, TargetState.Suspect, TargetState.Degraded, TargetState.Unknown, TargetState.Up];

    /// <summary>How many lines there are beside those of the targets.</summary>
    public const int OtherLines = 8 + MostEvents;

    /// <summary>The whole screen.</summary>
    /// <param name="frame">What is known.</param>
    /// <param name="width">How many columns there are.</param>
    public static IRenderable Render(WatchFrame frame, int width)
    {
        var rows = new List<IRenderable> { Head(frame) };
        if (frame.Targets is { } list)
        {
            rows.Add(list.Targets.IsEmpty ? new Text(list.Total == 0 ? "This exporter has no targets." : "No target fits. Press c to see all of them.") : Table(list, width));
            if (list.Matched > list.Targets.Length)
            {
                rows.Add(new Text(Text($"targets {list.Offset + 1} to {list.Offset + list.Targets.Length} of {list.Matched}")));
            }
        }

        if (frame.Events is { Events.IsEmpty: false } events && frame.Targets is { } now)
        {
            rows.Add(new Rule("last changes") { Justification = Justify.Left, Style = new Style(Color.Grey) });
            rows.AddRange(events.Events.Reverse().Take(MostEvents).Select(change => Event(change, now.At, width)));
        }

        rows.Add(new Text(frame.Hint, new Style(Color.Grey)));
        return new Rows(rows);
    }

    private static Paragraph Head(WatchFrame frame)
    {
        var text = new Paragraph();
        text.Append(frame.Address, new Style(decoration: Decoration.Bold));
        if (frame.Targets is { } list)
        {
            text.Append(Text($"  {list.Matched} of {list.Total} targets"));
            foreach (var state in WorstFirst)
            {
                if (list.States.TryGetValue(state.Label(), out var count) && count > 0)
                {
                    text.Append("  ");
                    text.Append(Text($"{count} {state.Label()}"), StyleOf(state.Label()));
                }
            }
        }

        if (frame.Filter.Length > 0)
        {
            text.Append($"  [{TerminalText.Safe(frame.Filter)}]", new Style(Color.Blue));
        }

        if (frame.Problem is { } problem)
        {
            text.Append($"\nNOT LIVE: {TerminalText.Safe(problem)}", new Style(Color.Red, decoration: Decoration.Bold));
        }

        return text;
    }

    // Each row is one line: columns as wide as what is in them, and the words have the rest.
    private static Table Table(TargetListJson list, int width)
    {
        var columns = new List<(string Name, int Most, Func<TargetSummaryJson, string> Read)>
        {
            ("state", MostState, static target => target.State + (target.Flapping ? " flapping" : "")),
            ("target", Math.Max(MostModule, width / 4), static target => target.Target),
            ("module", MostModule, static target => target.Module),
            ("since", MostNumber, target => Ago(list.At - target.StateSince)),
            ("24 h", MostNumber, static target => Percent(target.Availability24H.Ratio)),
            ("round trip", MostNumber, static target => target.LastProbe?.RoundTripSeconds is { } seconds ? RoundTrip(seconds) : "-"),
        };
        var rows = list.Targets.Select(target => columns.ConvertAll(column => Cut(TerminalText.Safe(column.Read(target)), column.Most))).ToArray();
        var widths = columns.Select((column, index) => rows.Select(row => row[index].Length).Append(column.Name.Length).Max()).ToArray();
        var words = Math.Max(MostNumber, width - widths.Sum(static column => column + Gap) - Gap);

        var table = new Table { Border = TableBorder.None };
        foreach (var column in columns.Select(static column => column.Name).Append("last words"))
        {
            table.AddColumn(new TableColumn(new Text(column, new Style(Color.Grey))) { NoWrap = true, Padding = new Padding(0, 0, Gap, 0) });
        }

        foreach (var (target, row) in list.Targets.Zip(rows))
        {
            var last = target.LastProbe is { } probe ? Cut(TerminalText.Safe(Words(probe)), words) : "";
            table.AddRow([.. row.Select((cell, index) => new Text(cell, index == 0 ? StyleOf(target.State) : Style.Plain)), new Text(last)]);
        }

        return table;
    }

    private static Text Event(EventJson change, DateTimeOffset now, int width)
    {
        var detail = change.Detail.Length > 0 ? $": {change.Detail}" : "";
        var line = Text($"{Ago(now - change.At),MostAgo} ago  {change.Target}/{change.Module}: {change.Before} → {change.After}{detail}");
        return new Text(Cut(TerminalText.Safe(line), width - 1), StyleOf(change.After));
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : string.Concat(text.AsSpan(0, most - 1), "…");

    private static string Words(LastProbeJson last) => last.Reason is { } reason ? $"{reason}: {last.Detail}" : last.Detail;

    private static string Percent(double? ratio) => ratio is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(known * 10_000) / 100:0.00} %") // never rounded up to all
        : "-";

    private static string RoundTrip(double seconds) => seconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s");

    private static string Ago(TimeSpan duration) => duration switch
    {
        { TotalDays: >= 2 } => Text($"{(int)duration.TotalDays} d"),
        { TotalHours: >= 2 } => Text($"{(int)duration.TotalHours} h"),
        { TotalMinutes: >= 2 } => Text($"{(int)duration.TotalMinutes} min"),
        _ => Text($"{Math.Max(0, (int)duration.TotalSeconds)} s"),
    };

    private static Style StyleOf(string state) => EnumLabels<TargetState>.Parse(state) switch
    {
        TargetState.Down => new Style(Color.Red, decoration: Decoration.Bold),
        TargetState.Suspect => new Style(Color.Orange1),
        TargetState.Degraded => new Style(Color.Yellow),
        TargetState.Up => new Style(Color.Green),
        _ => new Style(Color.Grey),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What is known when a screen is drawn. Immutable.</summary>
/// <param name="Address">Whose targets.</param>
/// <param name="Filter">Which of them, in words; empty for all.</param>
/// <param name="Hint">What keys do.</param>
/// <param name="Targets">The last good answer; null before the first.</param>
/// <param name="Events">The newest changes; null before the first answer.</param>
/// <param name="Problem">Why the last question had no answer; null when it had one.</param>
internal sealed record WatchFrame(string Address, string Filter, string Hint, TargetListJson? Targets, EventListJson? Events, string? Problem);
