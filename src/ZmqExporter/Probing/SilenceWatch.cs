using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// One probe's look at a subscription: is there a connection, is the last message young enough, and if not, does the publisher's I/O
/// thread still answer a ZMTP PING? Messages that arrive meanwhile count: when this process was held up, they stand in the
/// socket's buffer before the PONG. Not thread-safe.
/// </summary>
internal sealed class SilenceWatch(
    ISubscriptionLink link, SubscriptionIntake intake, SubscribeProberConfig config, TimeSpan timeout, TimeProvider time)
{
    private readonly long _deadline = time.GetTimestamp() + Ticks(timeout, time);
    private long _pingSent;
    private long _pong;
    private bool _canPing;

    /// <summary>When the probe began.</summary>
    public long Start { get; } = time.GetTimestamp();

    /// <summary>Why there is no connection, after <see cref="SilenceVerdict.Broken"/>.</summary>
    public ZmtpError? Error { get; private set; }

    /// <summary>Whether there was none to begin with.</summary>
    public bool IsOpening { get; private set; } = true;

    /// <summary>How the connection was made, and how long a PONG took.</summary>
    public PhaseDurations Phases
    {
        get
        {
            var timings = link.Timings;
            TimeSpan? ping = _pong == 0 || !link.SeesZmtp ? null : time.GetElapsedTime(_pingSent, _pong);
            return new PhaseDurations(timings.Resolve, timings.Connect, timings.Handshake, ping, Request: null);
        }
    }

    /// <summary>Looks, and waits up to the timeout while there is something to wait for.</summary>
    public async ValueTask<SilenceVerdict> WaitAsync()
    {
        var outcome = await link.OpenAsync(_deadline);
        if (outcome.Kind != LinkOutcomeKind.Opened)
        {
            return Break(outcome);
        }

        IsOpening = false;
        while (true)
        {
            var now = time.GetTimestamp();
            var view = intake.Look();
            if (view.LastMessage != 0 && time.GetElapsedTime(view.LastMessage, now) <= config.MaxSilence)
            {
                return SilenceVerdict.Fresh;
            }

            // Early, so that the answer is there when the grace ends.
            Ping(now);
            var grace = view.Waiting == 0 ? 0 : view.Waiting + Ticks(config.StartupGrace, time);
            if (now < grace)
            {
                if (now >= _deadline)
                {
                    return SilenceVerdict.Waiting;
                }

                outcome = await link.ReceiveAsync(Math.Min(grace, _deadline));
            }
            else if (_pong != 0 || (view.Opened >= Start && link.SeesZmtp))
            {
                // A handshake a moment ago is as good as a PONG.
                return SilenceVerdict.SilentAndAlive;
            }
            else
            {
                if (now >= _deadline && outcome.Kind == LinkOutcomeKind.TimedOut)
                {
                    return _canPing ? SilenceVerdict.SilentAndFrozen : SilenceVerdict.SilentWithoutSign;
                }

                outcome = await link.ReceiveAsync(_deadline);
            }

            if (outcome.Kind == LinkOutcomeKind.Failed)
            {
                return Break(outcome);
            }

            _pong = outcome.Kind == LinkOutcomeKind.Pong ? outcome.Timestamp : _pong;
        }
    }

    private static long Ticks(TimeSpan duration, TimeProvider time) => (long)(duration.TotalSeconds * time.TimestampFrequency);

    private void Ping(long now)
    {
        if (_pingSent == 0)
        {
            _pingSent = now;
            _canPing = link.SendPing();
        }
    }

    private SilenceVerdict Break(LinkOutcome outcome)
    {
        Error = outcome.Error ?? new ZmtpError(ZmtpErrorCode.Local, "the connection attempt did not end");
        return SilenceVerdict.Broken;
    }
}

/// <summary>What a look at a subscription finds.</summary>
internal enum SilenceVerdict
{
    /// <summary>No connection.</summary>
    Broken,

    /// <summary>No message yet, and none has to be there yet.</summary>
    Waiting,

    /// <summary>The last message is young enough.</summary>
    Fresh,

    /// <summary>Silent, and a PONG came.</summary>
    SilentAndAlive,

    /// <summary>Silent, and no PONG came from a peer that has to send one.</summary>
    SilentAndFrozen,

    /// <summary>Silent, and no PONG came from a peer that may not know PING.</summary>
    SilentWithoutSign,
}
