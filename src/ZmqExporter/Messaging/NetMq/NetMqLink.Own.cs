using System.Globalization;
using System.Runtime.CompilerServices;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <content>What our own client is asked.</content>
internal partial class NetMqLink
{
    private static readonly TimeSpan KnockMargin = TimeSpan.FromMilliseconds(100);

    private async Task KnockAsync(long probe)
    {
        try
        {
            // A little early, so that its verdict comes before the end of the probe.
            var margin = TimeSpan.Min(TimeSpan.Max(TimeSpan.Zero, _deadline - Now) / 4, KnockMargin);
            var outcome = await _own.GreetAsync(_deadline - margin);
            if (outcome is not { } known || probe != Volatile.Read(ref _probe))
            {
                return;
            }

            if (known.Kind == LinkOutcomeKind.Opened)
            {
                var pong = known with { Kind = LinkOutcomeKind.Pong };
                if (!_wait.TryEndReceive(pong))
                {
                    Volatile.Write(ref _pong, new StrongBox<LinkOutcome>(pong)); // the caller is between two waits
                }
            }
            else if (known.Error is { } error && TryFail(probe, error, () => _connection is { HasHeard: false }))
            {
                _wait.TryEndReceive(known); // it never said a word to NetMQ: then this is the reason
            }
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            _workers.OnFault(exception);
        }
#pragma warning restore CA1031
    }

    private async Task AskWhyAsync(long probe)
    {
        try
        {
            var error = await _own.AskAsync(_deadline) ?? LostInHandshake;
            if (TryFail(probe, error, () => _isAsking))
            {
                _wait.TryEnd(new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error));
            }
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            _workers.OnFault(exception);
        }
#pragma warning restore CA1031
    }

    // Another probe may have begun while our own client was asked.
    private bool TryFail(long probe, ZmtpError error, Func<bool> applies)
    {
        lock (_lock)
        {
            if (probe != _probe || !applies())
            {
                return false;
            }

            (_isAsking, _failure) = (false, error);
            return true;
        }
    }

    private async ValueTask<LinkOutcome> OpenSuspectAsync(Timestamp deadline)
    {
        var begun = Now;
        var error = await _own.AskAsync(deadline);
        _workers.OnLooked(Server, error is not null);
        _seenWrong = error;
        return await OrSeenWrongAsync(Now - begun < (deadline - begun) / 2
            ? OpenNetMqAsync(deadline)
            : new ValueTask<LinkOutcome>(Failed(NetMqWorkers.Waits))); // what is left would prove nothing
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

    private async ValueTask<LinkOutcome> OpenQuarantinedAsync(Timestamp deadline)
    {
        lock (_lock)
        {
            DropNeedsLock(); // another worker may still have one
        }

        if (await _own.AskAsync(deadline) is { } error)
        {
            return new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error);
        }

        return _workers.TryBeginTrial(Server, out var left)
            ? await OpenNetMqAsync(deadline)
            : Failed(new ZmtpError(ZmtpErrorCode.Local, string.Create(
                CultureInfo.InvariantCulture,
                $"the exporter's own client finds nothing wrong, but the target is quarantined, because what this server sent killed a NetMQ worker process; next trial in {left.TotalSeconds:0} s")));
    }
}
