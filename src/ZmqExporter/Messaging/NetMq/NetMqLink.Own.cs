using System.Globalization;
using System.Runtime.CompilerServices;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <content>What our own client is asked.</content>
internal partial class NetMqLink
{
    private async Task KnockAsync(long probe)
    {
        try
        {
            // A little early, so that its verdict comes before the end of the probe.
            var now = Now;
            var left = TimeSpan.Max(TimeSpan.Zero, _dialer.Deadline - now);
            var margin = TimeSpan.Min(left / 4, KnockMargin);
            var outcome = await _own.GreetAsync(_dialer.Deadline - margin);
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
            else if (_connection is { HasHeard: false } && known.Error is { } error)
            {
                // It never said a word to NetMQ: then this is the reason.
                _failure = error;
                _wait.TryEndReceive(known);
            }
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            _runtime.OnFault(exception);
        }
#pragma warning restore CA1031
    }

    private async Task AskWhyAsync()
    {
        try
        {
            var error = await _own.AskAsync(_dialer.Deadline) ?? LostInHandshake;
            if (_isAsking)
            {
                _isAsking = false;
                _failure = error;
                _wait.TryEnd(new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error));
            }
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            _runtime.OnFault(exception);
        }
#pragma warning restore CA1031
    }

    private async ValueTask<LinkOutcome> OpenQuarantinedAsync(Timestamp deadline)
    {
        if (await _own.AskAsync(deadline) is { } error)
        {
            return new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error);
        }

        if (!Suspect.TryBeginTrial(out var wait))
        {
            return Failed(new ZmtpError(
                ZmtpErrorCode.Local,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the exporter's own client finds nothing wrong, but the target is quarantined after NetMQ's I/O thread died of what this server sent; next trial in {wait.TotalSeconds:0} s")));
        }

        return await OpenNetMqAsync(deadline);
    }
}
