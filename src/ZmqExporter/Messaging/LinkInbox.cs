namespace ZmqExporter.Messaging;

/// <summary>What came for a probe while it did not wait, within bounds. Not thread-safe.</summary>
internal sealed class LinkInbox
{
    private const int MaxCount = 256;
    private const int MaxBytes = 4 << 20;

    private Queue<LinkOutcome>? _outcomes;
    private int _bytes;

    /// <summary>Keeps an outcome. Only messages can be too many: of all others there is one for each question of ours.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryAdd(LinkOutcome outcome)
    {
        var bytes = outcome.Message?.Length ?? 0;
        if (outcome.Kind == LinkOutcomeKind.Message && _outcomes is not null && (_outcomes.Count >= MaxCount || _bytes + bytes > MaxBytes))
        {
            return false;
        }

        (_outcomes ??= new Queue<LinkOutcome>(1)).Enqueue(outcome);
        _bytes += bytes;
        return true;
    }

    /// <summary>Takes the oldest one.</summary>
    public bool TryTake(out LinkOutcome outcome)
    {
        if (_outcomes is null || !_outcomes.TryDequeue(out outcome))
        {
            outcome = default;
            return false;
        }

        _bytes -= outcome.Message?.Length ?? 0;
        return true;
    }

    /// <summary>Takes all of them; null when there never were any.</summary>
    public Queue<LinkOutcome>? TakeAll()
    {
        var all = _outcomes;
        (_outcomes, _bytes) = (null, 0);
        return all;
    }

    /// <summary>The connection beside takes the place of the one in use: nobody may take what came on the old one for what came on the new one.</summary>
    /// <returns>The messages of the old one; null when there never were any.</returns>
    public Queue<LinkOutcome>? TakeOld()
    {
        if (TakeAll() is not { } all)
        {
            return null;
        }

        var old = new Queue<LinkOutcome>();
        foreach (var outcome in all)
        {
            if (outcome.IsBeside)
            {
                TryAdd(outcome with { IsBeside = false });
            }
            else if (outcome.Message is not null)
            {
                old.Enqueue(outcome);
            }
        }

        return old;
    }
}
