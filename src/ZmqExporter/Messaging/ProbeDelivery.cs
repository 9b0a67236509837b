using Zmtp;

namespace ZmqExporter.Messaging;

/// <summary>
/// Gives a probe what happens on its connection, one outcome after another: at once when it waits, or when it waits next. Whether a
/// probe takes an outcome and which one does is decided in one step, or a message could be looked at for one probe and reach the next one.
/// Thread-safe.
/// </summary>
/// <typeparam name="TConnection">A connection.</typeparam>
internal sealed class ProbeDelivery<TConnection>
    where TConnection : class
{
    private readonly TimerQueue _timers;
    private readonly LinkInbox _inbox = new();
    private ZmtpError? _failure;
    private volatile bool _isDisposed;

    /// <param name="timers">The clock.</param>
    /// <param name="createWait">Makes the wait of this.</param>
    public ProbeDelivery(TimerQueue timers, Func<ProbeDelivery<TConnection>, LinkWait> createWait)
    {
        _timers = timers;
        Wait = createWait(this);
    }

    /// <summary>Guards all of this, and what else has to change in the same step.</summary>
    public Lock Lock { get; } = new();

    /// <summary>The wait of the probe.</summary>
    public LinkWait Wait { get; }

    /// <summary>The connection of the probe that runs, or of the last one. Changes with the lock.</summary>
    public TConnection? Used { get; set; }

    /// <summary>Another one on which the probe has asked something too: messages of it are the probe's as well. Guarded by the lock.</summary>
    public TConnection? AlsoAsked { get; set; }

    /// <summary>Whether a probe runs.</summary>
    public bool IsProbing { get; private set; }

    /// <summary>Whether the link is gone.</summary>
    public bool IsDisposed => _isDisposed;

    /// <summary>Begins a probe.</summary>
    /// <returns>False when the link is gone.</returns>
    public bool TryBeginNeedsLock()
    {
        IsProbing = true;
        _failure = null;
        return !IsDisposed;
    }

    /// <summary>The probe that has begun has its connection.</summary>
    /// <param name="isOpen">Whether it is open; else its end ends the wait, or it knows by itself when it has lasted too long.</param>
    public ValueTask<LinkOutcome> OpenedNeedsLock(bool isOpen) => isOpen
        ? new ValueTask<LinkOutcome>(new LinkOutcome(LinkOutcomeKind.Opened, _timers.Now))
        : WaitNeedsLock(Timestamp.Never, isReceive: false);

    /// <summary>Waits for the next outcome.</summary>
    public ValueTask<LinkOutcome> ReceiveAsync(Timestamp until)
    {
        lock (Lock)
        {
            return WaitNeedsLock(until, isReceive: true);
        }
    }

    /// <summary>Gives an outcome to the probe, if it is one of a connection that the probe uses.</summary>
    /// <param name="from">The connection; null for what concerns any.</param>
    /// <param name="outcome">What happened.</param>
    /// <param name="inline">Whether what follows may run right here.</param>
    /// <returns>False when no probe takes it.</returns>
    public bool TryGive(TConnection? from, LinkOutcome outcome, bool inline = true)
    {
        bool isClaimed;
        lock (Lock)
        {
            if (!TryGiveNeedsLock(from, ref outcome, out isClaimed))
            {
                return false;
            }
        }

        return !isClaimed || Wait.Complete(outcome, inline);
    }

    /// <summary>As <see cref="TryGive"/>.</summary>
    /// <param name="from">The connection; null for what concerns any.</param>
    /// <param name="outcome">What happened, and what is seen of that.</param>
    /// <param name="isClaimed">Whether the wait is to be completed with the outcome, outside of the lock.</param>
    public bool TryGiveNeedsLock(TConnection? from, ref LinkOutcome outcome, out bool isClaimed)
    {
        isClaimed = false;
        if (from is not null && (!IsProbing || from != Used))
        {
            if (!IsProbing || from != AlsoAsked || outcome.Kind != LinkOutcomeKind.Message)
            {
                return false;
            }

            outcome = outcome with { IsBeside = true };
        }

        if (outcome.Kind == LinkOutcomeKind.Opened && !Wait.IsOpening)
        {
            return true; // the probe found it open and knows
        }

        // A failure outlives its delivery: the next wait on a dead connection has to learn of it too.
        _failure ??= outcome.Error;
        isClaimed = (outcome.Kind is LinkOutcomeKind.Opened or LinkOutcomeKind.Failed || !Wait.IsOpening) && Wait.TryClaim(ref outcome);
        return isClaimed || outcome.Error is not null || _inbox.TryAdd(outcome);
    }

    /// <summary>Keeps an outcome that is not of the connection in use, and no message, for the next wait of the probe.</summary>
    public void KeepNeedsLock(LinkOutcome outcome) => _inbox.TryAdd(outcome);

    /// <summary>As <see cref="KeepNeedsLock"/>, unless the probe waits.</summary>
    /// <returns>Whether it waits, and its wait is to be completed with the outcome outside of the lock.</returns>
    public bool ClaimOrKeepNeedsLock(ref LinkOutcome outcome)
    {
        if (Wait.TryClaim(ref outcome))
        {
            return true;
        }

        KeepNeedsLock(outcome);
        return false;
    }

    /// <summary>Another connection takes the place of the one in use.</summary>
    /// <returns>The messages of the old one that no probe has taken; null for none.</returns>
    public Queue<LinkOutcome>? ReplaceNeedsLock(TConnection taken)
    {
        Used = taken;
        AlsoAsked = null;
        _failure = null;
        return _inbox.TakeOld();
    }

    /// <summary>Ends the probe.</summary>
    /// <returns>What it has not taken; null for nothing.</returns>
    public Queue<LinkOutcome>? EndNeedsLock()
    {
        IsProbing = false;
        AlsoAsked = null;
        return _inbox.TakeAll();
    }

    /// <summary>The link is gone: a wait that begins from now on ends with that.</summary>
    public void Stop()
    {
        lock (Lock)
        {
            _isDisposed = true;
        }
    }

    private ValueTask<LinkOutcome> WaitNeedsLock(Timestamp until, bool isReceive)
    {
        if (_inbox.TryTake(out var outcome))
        {
            return new ValueTask<LinkOutcome>(outcome);
        }

        if (IsDisposed)
        {
            return new ValueTask<LinkOutcome>(LinkOutcome.Stopped);
        }

        return _failure is null
            ? Wait.Begin(until, isReceive)
            : new ValueTask<LinkOutcome>(new LinkOutcome(LinkOutcomeKind.Failed, _timers.Now, Error: _failure));
    }
}
