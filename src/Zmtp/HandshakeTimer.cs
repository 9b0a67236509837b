namespace Zmtp;

/// <summary>
/// The steps of a handshake that time brings: what we hold back for a peer that waits for it, the end of our stream for one
/// that has said nothing, the deadline. An open connection has no timer. Thread-safe.
/// </summary>
internal sealed class HandshakeTimer(
    ZmtpConnection connection, ZmtpSession session, ConnectionSender sender, ZmtpContext context, long startedAt, long connectedAt, long deadline)
    : TimerEntry
{
    private readonly Lock _lock = new();
    private volatile bool _hasHalfClosed;
    private bool _stopped;

    /// <summary>Whether the end of our stream was sent to make the peer speak.</summary>
    public bool HasHalfClosed => _hasHalfClosed;

    private bool IsHoldingBack => !session.IsGreetingComplete || (session.HasGreeted && !session.HasPrompted);

    private long Second => context.Timers.Time.TimestampFrequency;

    /// <summary>Sets the timer for the next step, unless it was stopped.</summary>
    public void Arm()
    {
        lock (_lock)
        {
            if (!_stopped)
            {
                context.Timers.Schedule(this, NextStep());
            }
        }
    }

    /// <summary>Ends it for good.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            context.Timers.Cancel(this);
        }
    }

    /// <inheritdoc />
    protected internal override void OnDue(long due, long now)
    {
        if (now >= deadline)
        {
            connection.OnHandshakeTimedOut(context.StallBetween(deadline, now) ?? session.HandshakeTimedOut());
            return;
        }

        if (now >= NextStep())
        {
            Step();
        }

        Arm();
    }

    private void Step()
    {
        if (IsHoldingBack)
        {
            session.Prompt();
        }
        else if (!session.HasHeard)
        {
            _hasHalfClosed = true;
            sender.HalfClose();
        }
    }

    private long NextStep()
    {
        if (IsHoldingBack)
        {
            return connectedAt + Math.Min(context.Timers.ToTicks(connection.Options.GreetingPatience), Math.Max(0, deadline - connectedAt) / 2);
        }

        return session.HasHeard || _hasHalfClosed ? deadline : deadline - LastWords();
    }

    /// <summary>How long before the deadline a peer that has said nothing sees the end of our stream: HTTP and other text servers then answer, and we can name them.</summary>
    private long LastWords() => Math.Clamp((deadline - startedAt) / 10, Second / 50, Second / 10);
}
