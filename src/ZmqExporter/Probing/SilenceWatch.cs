using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// One probe's look at a subscription: is there a connection, does the feed live, and does the publisher's process? Messages that arrive
/// meanwhile count: when this process was held up, they stand in the socket's buffer before the PONG. Not thread-safe.
/// </summary>
internal sealed class SilenceWatch
{
    private readonly ISubscriptionLink _link;
    private readonly SubscriptionIntake _intake;
    private readonly LivenessMemory _memory;
    private readonly TimeProvider _time;
    private readonly Timestamp _deadline;

    public SilenceWatch(
        ISubscriptionLink link, SubscriptionIntake intake, LivenessMemory memory, TimeSpan timeout, TimeProvider time)
    {
        _link = link;
        _intake = intake;
        _memory = memory;
        _time = time;
        Start = Timestamp.Now(time);
        _deadline = Start + timeout;
        Liveness = new LivenessCheck(link, intake, memory, intake.MaxSilence, _deadline, time);
    }

    /// <summary>When the probe began.</summary>
    public Timestamp Start { get; }

    /// <summary>Why there is no connection, or null.</summary>
    public ZmtpError? Error { get; private set; }

    /// <summary>Whether there was none to begin with.</summary>
    public bool IsOpening { get; private set; } = true;

    /// <summary>What the feed's times said at the end.</summary>
    public FeedState State { get; private set; }

    /// <summary>What is known of the process.</summary>
    public LivenessCheck Liveness { get; }

    /// <summary>How the connection was made, and how long a PONG took.</summary>
    public PhaseDurations Phases
    {
        get
        {
            var timings = _link.Timings;
            return new PhaseDurations(timings.Resolve, timings.Connect, timings.Handshake, _link.SeesZmtp ? Liveness.Ping : null, request: null);
        }
    }

    /// <summary>Looks, and waits up to the timeout while there is something to wait for.</summary>
    public async ValueTask WaitAsync()
    {
        var outcome = await OpenAsync();
        while (Error is null)
        {
            var now = Timestamp.Now(_time);
            var feed = _intake.Look().Feed;
            State = Liveness.HasDoubted ? FeedState.Silent : feed.At(now); // this probe still judges the old connection
            var until = Liveness.Proceed(now, feed, State);
            if (Liveness.IsDecided && IsEnough(now, outcome))
            {
                return;
            }

            if (State == FeedState.Waiting)
            {
                until = Timestamp.Min(until, feed.GraceUntil);
            }

            outcome = await _link.ReceiveAsync(until);
            if (outcome.Kind == LinkOutcomeKind.Failed)
            {
                Break(outcome);
                if (!Liveness.TryBeginReset(Error!.Code))
                {
                    Liveness.Abandon();
                    return;
                }

                outcome = await OpenAsync();
            }
            else
            {
                Liveness.Take(outcome);
            }
        }
    }

    private async ValueTask<LinkOutcome> OpenAsync()
    {
        Error = null;
        IsOpening = true;
        _memory.Pings.Look(_link);
        var outcome = await _link.OpenAsync(_deadline);
        if (outcome.Kind != LinkOutcomeKind.Opened)
        {
            Break(outcome);
            return outcome;
        }

        IsOpening = false;
        if (_link.SeesZmtp && (Liveness.IsReset || _intake.Look().Feed.Opened >= Start))
        {
            Liveness.OnHandshake();
        }

        return outcome;
    }

    // Once the process is known to live, or not, only a message is left to wait for.
    private bool IsEnough(Timestamp now, LinkOutcome outcome) => State switch
    {
        FeedState.Waiting => now >= _deadline,
        FeedState.Silent when Liveness is { Sign: SignOfLife.None, IsMute: false, Fresh: null } =>
            now >= _deadline && outcome.Kind == LinkOutcomeKind.TimedOut,
        _ => true,
    };

    private void Break(LinkOutcome outcome) => Error = ProbeFailures.ErrorOf(outcome);
}
