using System.Collections.Immutable;
using ZmqExporter.Board;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Targets.History;
using Zmtp;

namespace ZmqExporter.Http.Pages;

/// <summary>One target × module: all that its page shows. Immutable.</summary>
internal sealed record TargetView
{
    /// <summary>The way from the page to the root.</summary>
    public const string Root = "../../";

    /// <summary>What the board shows of it.</summary>
    public required BoardRow Row { get; init; }

    /// <summary>The page's title.</summary>
    public required string Title { get; init; }

    /// <summary>When all of this was true.</summary>
    public required PageTime At { get; init; }

    /// <summary>When the state began.</summary>
    public required PageTime Since { get; init; }

    /// <summary>The failure policy, and how far it has come.</summary>
    public required string Policy { get; init; }

    /// <summary>Whether the last probe found it reachable, responsive and ready.</summary>
    public required ImmutableArray<(string Name, string Value)> Questions { get; init; }

    /// <summary>What was counted.</summary>
    public required ImmutableArray<(string Name, string Value)> Counters { get; init; }

    /// <summary>Since when.</summary>
    public required PageTime CountedSince { get; init; }

    /// <summary>Its states.</summary>
    public required StateTimeline Timeline { get; init; }

    /// <summary>Its round trips.</summary>
    public required RoundTripChart RoundTrips { get; init; }

    /// <summary>The phases of its probes.</summary>
    public required PhaseChart Phases { get; init; }

    /// <summary>Its last results, the newest first.</summary>
    public required ImmutableArray<ResultRow> Results { get; init; }

    /// <summary>Its failures, the newest first.</summary>
    public required ImmutableArray<FailureView> Failures { get; init; }

    /// <summary>Its availability by the hour.</summary>
    public required HourStrip Hours { get; init; }

    /// <summary>What happened last to its connections, the newest first.</summary>
    public required ImmutableArray<(PageTime At, string Event)> Events { get; init; }

    /// <summary>What its peers said of themselves, the newest first.</summary>
    public required ImmutableArray<PeerView> Peers { get; init; }

    /// <summary>The numbers of the last reply or message.</summary>
    public required ImmutableArray<(string Metric, string Labels, string Value, string Help)> Values { get; init; }

    /// <summary>What a subscription brought; empty for other probers.</summary>
    public required ImmutableArray<(string Name, string Value)> Subscription { get; init; }

    /// <summary>What its loops counted; empty for other probers.</summary>
    public required ImmutableArray<(string Name, string Value)> Loop { get; init; }

    /// <summary>Its settings.</summary>
    public required ImmutableArray<(string Key, string Value, string Origin)> Settings { get; init; }

    /// <summary>The link to the runbook's section, from the page; null when there is nothing to do.</summary>
    public required string? Runbook { get; init; }

    /// <summary>The link to what the docs say of the last failure, from the page; null when the last probe was answered.</summary>
    public required string? ReasonDoc { get; init; }

    /// <summary>That messages of its subscription are lost; null when they are not.</summary>
    public required string? Loss { get; init; }

    /// <summary>The link to all of this as JSON, from the page.</summary>
    public required string Json { get; init; }

    /// <summary>The page's whole URL, to give to others; null when the exporter does not know its own.</summary>
    public string? Url { get; init; }

    /// <summary>The link to the dashboard in Grafana; null when nobody said where that is.</summary>
    public string? Dashboard { get; init; }

    /// <summary>Where to post for one extra probe; null when that is off.</summary>
    public string? ProbeNow { get; init; }

    /// <summary>The link to its changes of state as they come, from the page.</summary>
    public required string EventStream { get; init; }

    /// <summary>Makes it.</summary>
    public static TargetView Of(Target target, PageSources sources)
    {
        var now = sources.Time.GetUtcNow();
        var snapshot = target.Snapshot(withRoundTrips: false);
        var past = target.History();
        var module = snapshot.Config.Module;
        var result = snapshot.LastResult;
        return new TargetView
        {
            Row = BoardRow.Of(snapshot, target, BoardQuery.All, now, Root),
            Title = $"{target.Key.Target} {target.Key.Module}: {snapshot.State.Label()} – zmq_exporter",
            At = PageTime.Of(now),
            Since = PageTime.Of(snapshot.StateSince),
            Policy = PolicySentence.Of(snapshot),
            Questions = result is not { } answers ? [] :
            [
                ("Reachable", ReasonWords.Of(answers.Reachable)), ("Responsive", ReasonWords.Of(answers.Responsive)), ("Ready", ReasonWords.Of(answers.Ready)),
            ],
            Counters = TargetFacts.CountersOf(snapshot),
            CountedSince = PageTime.Of(snapshot.Created),
            Timeline = new StateTimeline(past.Changes, now),
            RoundTrips = new RoundTripChart(past.Results, module.Policy.LateAfter, module.Timeout),
            Phases = new PhaseChart(past.Results),
            Results = [.. past.Results.Reverse().Select(result => ResultRow.Of(result, target.Mark))],
            Failures = [.. past.Failures.Reverse().Select(FailureView.Of)],
            Hours = new HourStrip(past.Hours, now),
            Events = [.. past.Events.Reverse().Select(static past => (PageTime.Of(past.At), EnumLabels<ConnectionEvent>.All[(int)past.Event].Replace('_', ' ')))],
            Peers = [.. past.Peers.Reverse().Select(static past => PeerView.Of(past))],
            Values = TargetFacts.ValuesOf(snapshot),
            Subscription = snapshot.Subscription is { } counts ? TargetFacts.SubscriptionOf(counts) : [],
            Loop = snapshot.Loop is { } loop ? TargetFacts.LoopOf(loop) : [],
            Settings = [.. sources.Settings(snapshot.Config).Select(static setting => (setting.Key, setting.Value, setting.Origin.ToString()))],
            Runbook = DocLinks.RunbookOf(snapshot.State, result?.Reason, result?.Reachable == true, snapshot.Flapping) is { } section ? Root + section : null,
            Loss = LossWords.SentenceOf(snapshot),
            ReasonDoc = result?.Reason is { } reason ? Root + DocLinks.Of(reason) : null,
            Url = sources.Urls.Exporter is { } exporter ? $"{exporter.Text}/targets/{TargetPath.Of(target.Key)}" : null,
            Dashboard = sources.Urls.Grafana is { } grafana ? DashboardLink.Of(grafana, target.Key) : null,
            ProbeNow = sources.AllowsProbes() ? $"{Root}targets/{TargetPath.Of(target.Key)}{ProbeNowEndpoint.Suffix}" : null,
            Json = $"{Root}api/v1/targets/{TargetPath.Of(target.Key)}",
            EventStream = $"{Root}api/v1/events?target={Uri.EscapeDataString(target.Key.Target)}&module={Uri.EscapeDataString(target.Key.Module)}",
        };
    }
}

/// <summary>What a peer said of itself.</summary>
/// <param name="At">When it was first seen.</param>
/// <param name="Facts">What it said; the peer's own words.</param>
internal sealed record PeerView(PageTime At, ImmutableArray<(string Name, string Value)> Facts)
{
    /// <summary>The view of a peer.</summary>
    public static PeerView Of(PastPeer past) => new(
        PageTime.Of(past.At),
        [
            ("ZMTP", past.Peer.Version),
            ("Mechanism", past.Peer.Mechanism),
            ("Socket type", past.Peer.SocketType ?? "not known"),
            .. past.Peer.Metadata.Select(static pair => (pair.Key, pair.Value)),
        ]);
}
