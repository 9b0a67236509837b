using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// A loop whose messages are requests of our own client that come to our own worker through a broker, and replies on the way back: one at a time, as
/// the worker of a broker gets them.
/// </summary>
/// <param name="run">The probe.</param>
/// <param name="dialog">How the two talk.</param>
internal sealed class RoundTripLoop(LoopRun run, LoopDialog dialog)
{
    private const int MaxRegistrations = 5; // of a probe: a broker that always forgets must not make a storm

    private int _registrations;
    private bool _hasAsked;
    private bool _isWithWorker; // the request that is out
    private string? _answer;

    /// <summary>Sends and receives, once.</summary>
    public async ValueTask<LoopEnd> RunAsync()
    {
        if (_registrations == 0)
        {
            Register();
        }
        else if (dialog.Register is not null && await RegisterAgainAsync() is { } lost)
        {
            return lost;
        }

        while (run.Ledger.Sent < run.Config.Messages)
        {
            var number = run.Ledger.Sent;
            _isWithWorker = false;
            run.Send(run.Sender, dialog.Request(run.Next()));
            while (!run.Ledger.HasSeen(number))
            {
                if (await StepAsync() is { } end)
                {
                    run.Dialog = Words();
                    return end;
                }
            }
        }

        return LoopEnd.Complete;
    }

    private void Register()
    {
        if (dialog.Register is { } message)
        {
            _registrations++;
            run.Send(run.Receiver, message);
        }
    }

    // Null when the probe goes on.
    private async ValueTask<LoopEnd?> StepAsync()
    {
        switch (await run.Wait.OnAsync(_isWithWorker ? run.Sender : run.Receiver, Timestamp.Never))
        {
            case LoopStep.Message when run.Wait.From == run.Receiver:
                return await OnWorkersAsync(run.Wait.Came);
            case LoopStep.Message:
                OnClients(run.Wait.Came);
                return null;
            case LoopStep.Time:
                Ask();
                return null;
            case LoopStep.Lost:
                return LoopEnd.Lost;
            case LoopStep.Renewed:
                return LoopEnd.Renewed;
            default:
                return LoopEnd.Over;
        }
    }

    private async ValueTask<LoopEnd?> OnWorkersAsync(LinkOutcome outcome)
    {
        var message = outcome.Message!;
        switch (dialog.Read(message))
        {
            case LoopCommand.Request:
                Serve(message);
                return null;
            case LoopCommand.Heartbeat when dialog.Heartbeat is { } heartbeat:
                run.Receiver.Link.Send(heartbeat);
                return null;
            case LoopCommand.Disconnect when _registrations < MaxRegistrations:
                return await RegisterAgainAsync();
            default:
                return null;
        }
    }

    // An old request gets its reply, too: a broker gives a worker no other one before that. So does that of another exporter, which waits for it.
    private void Serve(ZmtpMessage request)
    {
        var payload = dialog.PayloadOf(request);
        if (!LoopPayload.TryRead(payload, run.Config.Size, out var piece))
        {
            run.NoteForeign(payload);
            if (!LoopPayload.IsOfAny(payload))
            {
                return;
            }
        }

        _isWithWorker |= piece.Token == run.Ledger.Token && piece.Number == run.Ledger.Sent - 1;
        run.Send(run.Receiver, dialog.ReplyTo(request));
    }

    // "It MUST close its socket, and reconnect to the broker on a new socket" (RFC 7, RFC 18).
    private async ValueTask<LoopEnd?> RegisterAgainAsync()
    {
        run.WasDelayed = true;
        run.Receiver.Link.EndProbe(AfterProbe.Close);
        await run.Receiver.OpenAsync(run.Clock);
        if (run.Receiver.Error is not null)
        {
            return LoopEnd.Lost;
        }

        Register();
        return null;
    }

    private void OnClients(LinkOutcome outcome)
    {
        var message = outcome.Message!;
        if (dialog.AnswerIn(message) is { } answer)
        {
            _answer = answer;
        }
        else if (dialog.ReplyIn(message) is { IsEmpty: false } payload)
        {
            run.Book(outcome, payload);
        }
    }

    // Only when the request is overdue: it costs the broker one more message.
    private void Ask()
    {
        if (!_hasAsked && !_isWithWorker && run.Clock.Now >= run.Clock.Overdue && dialog.Question is { } question)
        {
            _hasAsked = true;
            run.Send(run.Sender, question);
        }
    }

    private string Words()
    {
        var again = _registrations > 1 ? $"; the broker ended our worker's registration {(_registrations == 2 ? "once" : $"{_registrations - 1} times")} with DISCONNECT, and it registered again" : "";
        return again + (_isWithWorker ? "; the request came to our worker, and its reply did not come back to our client" : _answer switch
        {
            "200" => "; the broker says by mmi.service that it knows our service, but the request did not come to our worker",
            "404" => "; the broker does not know our service (mmi.service says 404), although our worker registered it",
            _ when dialog.Question is null => "; the request did not come to our worker",
            _ => "; the request did not come to our worker, and the broker answers no mmi.service either",
        });
    }
}
