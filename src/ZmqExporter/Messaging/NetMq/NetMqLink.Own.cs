using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <content>What our own client is asked.</content>
internal partial class NetMqLink
{
    private static readonly TimeSpan KnockMargin = TimeSpan.FromMilliseconds(100);

    private static ZmtpError Quarantined { get; } = new(ZmtpErrorCode.Local, "the target is quarantined");

    private static ZmtpError TooLateForNetMq { get; } = new(
        ZmtpErrorCode.Local, "our own client looked first, because of what the server has sent NetMQ, or may have, and found nothing wrong; that left too little time for NetMQ");

    // A knock asks for a sign of life while NetMQ's connection stands; else the question is why that was lost.
    private async Task AskOwnAsync(bool isKnock)
    {
        var probe = Volatile.Read(ref _probe);

        // A knock ends a little early, so that its verdict comes before the end of the probe.
        var margin = isKnock ? TimeSpan.Min(TimeSpan.Max(TimeSpan.Zero, _deadline - Now) / 4, KnockMargin) : TimeSpan.Zero;
        var outcome = await _own.LookAsync(_deadline - margin, listens: !isKnock);
        var error = outcome.Error ?? (isKnock ? null : LostInHandshake);
        bool isClaimed;
        lock (_delivery.Lock)
        {
            // Another probe may have begun meanwhile; and who has said a word to NetMQ is judged by that.
            if (!_delivery.IsProbing || probe != _probe || (error is not null && !(isKnock ? InUse is { HasHeard: false } : _isAsking)))
            {
                return;
            }

            _isAsking &= error is null;
            outcome = error is null ? outcome with { Kind = LinkOutcomeKind.Pong } : Failed(error);
            _ = _delivery.TryGiveNeedsLock(from: null, ref outcome, out isClaimed); // it is no message, so that there is room
        }

        if (isClaimed)
        {
            Wait.Complete(outcome, inline: false);
        }
    }

    // Of a server that has killed a worker, or may have, or whose last message had no end: our own client goes first.
    private async ValueTask<LinkOutcome> LookFirstAsync(Timestamp deadline)
    {
        var begun = Now;
        if (Server.IsQuarantined)
        {
            lock (_delivery.Lock)
            {
                DropNeedsLock(Quarantined); // another worker may still have one
            }
        }

        // A flood that begins at once is seen at once; NetMQ sees the others.
        _seenWrong = (await _own.LookAsync(deadline, isBrief: _isFlooded)).Error;
        _looked = Now - begun;
        Workers.OnLooked(Server, _seenWrong is not null);
        if (_seenWrong is { } error && (Server.IsQuarantined || (_isFlooded && error.Code == ZmtpErrorCode.TooLarge)))
        {
            return Failed(error);
        }

        lock (_delivery.Lock)
        {
            _hasLookedInVain |= _isFlooded;
            _isFlooded = false;
        }

        return await OrSeenWrongAsync(Server.IsQuarantined || _looked < (deadline - begun) / 2
            ? OpenNetMqAsync(deadline)
            : new ValueTask<LinkOutcome>(Failed(TooLateForNetMq))); // what is left would prove nothing
    }

    // That our own side could not try it with NetMQ is no news where our own client has just found it broken.
    private async ValueTask<LinkOutcome> OrSeenWrongAsync(ValueTask<LinkOutcome> tried)
    {
        var outcome = await tried;
        if (outcome.Error is not { Code: ZmtpErrorCode.Local } || _seenWrong is not { } error)
        {
            return outcome;
        }

        _own.IsInUse = true;
        return Failed(error);
    }
}
