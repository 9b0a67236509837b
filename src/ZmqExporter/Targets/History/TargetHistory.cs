using System.Collections.Immutable;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Targets.History;

/// <summary>What is remembered of a target's past, in at most 4 kB. Not thread-safe; a field that is not read-only.</summary>
/// <param name="isLean">Whether it keeps fewer results, and no connection events: see <see cref="Configuration.MetricsDetail.Lean"/>.</param>
internal struct TargetHistory(bool isLean)
{
    /// <summary>How many results are kept.</summary>
    public const int MostResults = 40;

    /// <summary>How many are kept with the detail <c>lean</c>.</summary>
    public const int MostResultsLean = 20;

    private const int MostChanges = 16;
    private const int MostEvents = 12;
    private const int MostPeers = 3;

    private Ring<RecentResult> _results = new(isLean ? MostResultsLean : MostResults);
    private Ring<StateChange> _changes = new(MostChanges);
    private Ring<PastEvent> _events = new(isLean ? 0 : MostEvents);
    private Ring<PastPeer> _peers = new(MostPeers);
    private FailureRuns _failures = new();
    private HourlyCounts _hours = new();

    /// <summary>Takes a result.</summary>
    /// <param name="result">What the prober said.</param>
    /// <param name="at">When the probe ended.</param>
    /// <param name="transition">What it did to the state.</param>
    /// <param name="messages">What the probe sent and received last.</param>
    public void Record(ProbeResult result, DateTimeOffset at, TargetTransition transition, in LastMessages messages)
    {
        _results.Add(new RecentResult(result, at));
        if (transition.IsChange)
        {
            _changes.Add(new StateChange(at, transition.After));
        }

        if (result.Peer is { } peer && (_peers.IsEmpty || !_peers.Newest.IsOf(peer)))
        {
            _peers.Add(PastPeer.Of(at, peer));
        }

        switch (result.Outcome)
        {
            case ProbeOutcome.OnTime or ProbeOutcome.Late:
                _hours.Add(at, isAnswer: true);
                _failures.OnAnswer();
                break;
            case ProbeOutcome.Miss:
                _hours.Add(at, isAnswer: false);
                _failures.Add(result, at, transition.After == TargetState.Down, messages);
                break;
            case ProbeOutcome.LocalError:
                _failures.Add(result, at, isDown: false, messages); // says nothing of the target, and so nothing of its hours
                break;
        }
    }

    /// <summary>Takes what happened to a connection.</summary>
    public void OnEvent(ConnectionEvent connectionEvent, DateTimeOffset at)
    {
        if (_events.Capacity > 0)
        {
            _events.Add(new PastEvent(at, connectionEvent));
        }
    }

    /// <summary>Keeps from now on as much as another detail has.</summary>
    public void SetLean(bool isLean)
    {
        _results = _results.Resized(isLean ? MostResultsLean : MostResults);
        _events = isLean ? new Ring<PastEvent>(0) : _events.Resized(MostEvents);
    }

    /// <summary>The last results alone.</summary>
    public readonly ImmutableArray<RecentResult> Results() => _results.Snapshot();

    /// <summary>The newest results of each kind, as examples.</summary>
    public readonly ProbeExamples Examples(uint mark, ReadOnlySpan<double> bounds) => ProbeExamples.Of(mark, _results, bounds);

    /// <summary>How many probes of each hour were answered.</summary>
    public readonly HourlySnapshot Hours() => _hours.Snapshot();

    /// <summary>All of it.</summary>
    public readonly HistorySnapshot Snapshot() => new(
        _results.Snapshot(), _failures.Snapshot(), _changes.Snapshot(), _events.Snapshot(), _peers.Snapshot(), _hours.Snapshot());

    /// <summary>Goes on from what an earlier process kept; before the first result.</summary>
    /// <param name="past">What it kept. Connection events and peers are this process' own.</param>
    public void Restore(HistorySnapshot past)
    {
        foreach (var result in past.Results)
        {
            _results.Add(result);
        }

        foreach (var change in past.Changes)
        {
            _changes.Add(change);
        }

        _failures.Restore(past.Failures);
        _hours.Restore(past.Hours);
    }

    /// <summary>After <see cref="Restore"/>: the state of the past ended with it, because nobody has looked since.</summary>
    /// <param name="at">When it was known last.</param>
    public void EndState(DateTimeOffset at)
    {
        if (!_changes.IsEmpty && _changes.Newest.State != TargetState.Unknown && _changes.Newest.At <= at)
        {
            _changes.Add(new StateChange(at, TargetState.Unknown));
        }
    }

    /// <summary>After <see cref="Restore"/>: the outage of the past goes on.</summary>
    public void GoOnWithOutage() => _failures.GoOn();
}

/// <summary>A change of the debounced state.</summary>
/// <param name="At">When.</param>
/// <param name="State">The state that was entered.</param>
internal readonly record struct StateChange(DateTimeOffset At, TargetState State);

/// <summary>Something that happened to a connection.</summary>
/// <param name="At">When.</param>
/// <param name="Event">What.</param>
internal readonly record struct PastEvent(DateTimeOffset At, ConnectionEvent Event);

/// <summary>What a peer said of itself.</summary>
/// <param name="At">When it was first seen.</param>
/// <param name="Peer">What it said.</param>
internal readonly record struct PastPeer(DateTimeOffset At, PeerInfo Peer)
{
    private const int MostMetadata = 200; // characters of names and values; a peer chooses them

    /// <summary>What is kept of a peer: its metadata only when it is short.</summary>
    public static PastPeer Of(DateTimeOffset at, PeerInfo peer) => new(at, Kept(peer));

    /// <summary>Whether another handshake says the same.</summary>
    public bool IsOf(PeerInfo other) => ReferenceEquals(Peer, other) || IsSame(Kept(other));

    private static PeerInfo Kept(PeerInfo peer) => peer.Metadata.Sum(static pair => (long)pair.Key.Length + pair.Value.Length) <= MostMetadata
        ? peer
        : peer with { Metadata = peer.Metadata.Clear() };

    private bool IsSame(PeerInfo other) =>
        (Peer.VersionMajor, Peer.VersionMinor, Peer.Mechanism, Peer.SocketType) == (other.VersionMajor, other.VersionMinor, other.Mechanism, other.SocketType)
        && Peer.Metadata.SequenceEqual(other.Metadata);
}

/// <summary>A target's past at one moment, each part the oldest first. Immutable.</summary>
/// <param name="Results">The last results.</param>
/// <param name="Failures">The failures that are worth looking at again.</param>
/// <param name="Changes">The last changes of the state.</param>
/// <param name="Events">What happened last to its connections; empty with the detail <c>lean</c>.</param>
/// <param name="Peers">What its last peers said of themselves, when it changed.</param>
/// <param name="Hours">Answered probes by the hour.</param>
internal sealed record HistorySnapshot(
    ImmutableArray<RecentResult> Results,
    ImmutableArray<FailureRun> Failures,
    ImmutableArray<StateChange> Changes,
    ImmutableArray<PastEvent> Events,
    ImmutableArray<PastPeer> Peers,
    HourlySnapshot Hours);
