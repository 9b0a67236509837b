using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;
using Zmtp.Listening;

namespace ZmqExporter.Probing;

/// <summary>
/// Asks the process behind a connection on which the heartbeats stay away whether it lives: a ZMTP PING, which its I/O thread answers and not the
/// loop that pushes. What it remembers from one probe to the next is how the peer treats a PING. Not thread-safe.
/// </summary>
/// <param name="module">The module.</param>
/// <param name="time">The clock.</param>
internal sealed class PusherCheck(ModuleConfig module, TimeProvider time)
{
    private readonly PingMemory _pings = new(time, module.MaxConnectionAge);
    private ListenerPing? _asked; // by the last probe, and not answered then

    /// <summary>Whether there is something to ask.</summary>
    public bool MayAsk(PushSender? sender) => module.Ping && sender is { ClosedAt.IsSet: false, Peer.KnowsPing: true } && _pings.MayAsk;

    /// <summary>Asks, and waits for the answer.</summary>
    /// <param name="sender">Whom.</param>
    /// <param name="listener">Reads what has come.</param>
    /// <param name="deadline">When the probe ends.</param>
    /// <param name="stopping">Ends it early.</param>
    public async ValueTask<PusherLife> AskAsync(PushSender sender, IPushListener listener, Timestamp deadline, CancellationToken stopping)
    {
        if (sender.Peer.Ping() is not { } ping)
        {
            return PusherLife.NotAsked;
        }

        _asked = ping;
        var least = LeastTime.Of(module.Timeout); // less says nothing, and as much is left to read what has come
        await WaitAsync(ping.Answer, deadline - least - Timestamp.Now(time), stopping);
        if (!ping.Answer.IsCompleted)
        {
            await WaitAsync(listener.ReadAllAsync(), deadline - Timestamp.Now(time), stopping);
        }

        if (!ping.Answer.IsCompleted)
        {
            return ping.SentAt.Elapsed(time) < least ? PusherLife.NotAsked : new PusherLife(SignOfLife.None, ping.SentAt.Elapsed(time), sender.Peer.IsAcknowledged);
        }

        _asked = null;
        if (!(await ping.Answer).IsSet)
        {
            return PusherLife.NotAsked; // its connection is over, and tells more
        }

        _pings.OnPong();
        return new PusherLife(SignOfLife.Pong, TimeSpan.Zero, null);
    }

    /// <summary>A heartbeat came in time: who lives and left a PING without an answer gives none.</summary>
    /// <param name="last">When the last one came.</param>
    public void OnFresh(Timestamp last)
    {
        if (_asked is { Answer.IsCompleted: false } asked && last - asked.SentAt >= LeastTime.Of(module.Timeout))
        {
            _asked = null;
            _pings.OnIgnored();
        }
    }

    /// <summary>Looks how the connection ended.</summary>
    /// <returns>Whether the peer ended it at our PING.</returns>
    public bool Look(PushSender? sender)
    {
        if (sender is not { ClosedAt.IsSet: true, Peer.EndedAtPing: true })
        {
            return false;
        }

        _pings.OnEnded(sender.ClosedAt);
        return true;
    }

    /// <summary>Why nobody asks.</summary>
    public string WhyNotAsked(PushSender sender) => _pings.MayAsk && module.Ping && sender.Peer.KnowsPing
        ? "the time was over before an answer"
        : _pings.WhyNotAsked(module.Ping, sender.Peer.KnowsPing);

    private async ValueTask WaitAsync(Task task, TimeSpan limit, CancellationToken stopping)
    {
        try
        {
            await task.WaitAsync(TimeSpan.Max(limit, TimeSpan.Zero), time, stopping);
        }
        catch (TimeoutException)
        {
            // Then it is not done.
        }
    }
}

/// <summary>What is known of the process whose heartbeats stay away.</summary>
/// <param name="Sign">A PONG, or none.</param>
/// <param name="Unanswered">For how long a PING has been without an answer; zero when none was sent, or it was answered.</param>
/// <param name="IsAcknowledged">Whether its kernel acknowledged what we sent; null when nobody tells.</param>
internal readonly record struct PusherLife(SignOfLife Sign, TimeSpan Unanswered, bool? IsAcknowledged)
{
    /// <summary>Nobody asked, or had the time to answer.</summary>
    public static PusherLife NotAsked => default;

    /// <summary>The verdict on a silence.</summary>
    /// <param name="silence">It, in words, with who sent the last heartbeat.</param>
    /// <param name="whyNotAsked">What to say when nobody asked.</param>
    public ProbeResult Judge(string silence, string whyNotAsked) =>
        Sign == SignOfLife.Pong
            ? ProbeResult.Miss(
                FailureReason.Silent,
                $"{silence}, and that connection stands: its I/O thread answers a ZMTP PING, so the process lives, and does not come to its beat",
                reachable: true)
        : Unanswered > TimeSpan.Zero
            ? MuteConnection.Judge(
                string.Create(CultureInfo.InvariantCulture, $"{silence}, and no answer to a ZMTP PING on that connection within {SubscriptionWords.Rounded(Unanswered)}"),
                new SilenceEvidence(IsAcknowledged, Fresh: null),
                FailureReason.Silent).ToResult()
        : ProbeResult.Miss(
            FailureReason.Silent, $"{silence}, and nobody has closed that connection; whether the process lives now is unknown: {whyNotAsked}", reachable: null);
}
