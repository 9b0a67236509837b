namespace ZmqExporter.Http;

/// <summary>Bounds how many responses clients wait for or read, and how many rendered bytes wait for them. Thread-safe.</summary>
/// <remarks>A reader of more than <see cref="SlowAfter"/> gives way when there is no room for another one: however many slow readers there
/// are, also behind the address of a good one, they cannot keep it out for longer than that.</remarks>
/// <param name="limits">How many.</param>
/// <param name="time">For the time that somebody reads.</param>
internal sealed class ResponseSlots(HttpLimits limits, TimeProvider time)
{
    /// <summary>After this time a reader gives way. It is Prometheus' own default for giving up.</summary>
    public static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<ResponseSlot> _slots = [];

    /// <summary>Takes a slot for a response that is not rendered yet.</summary>
    /// <param name="address">Whose it is.</param>
    /// <param name="cut">Ends it at once; must not block. It is never called after the slot's disposal.</param>
    /// <param name="slot">The slot, which the caller disposes, or null.</param>
    /// <returns>Null, or why there is none.</returns>
    public string? TryTake(ClientAddress address, Action cut, out ResponseSlot? slot)
    {
        lock (_gate)
        {
            slot = new ResponseSlot(address, cut, Leave);
            if (MakeRoom_NeedsLock(slot, 0) is { } problem)
            {
                slot = null;
                return problem;
            }

            _slots.Add(slot);
            return null;
        }
    }

    /// <summary>Counts the rendered bytes that now wait for the slot's reader.</summary>
    /// <returns>Null, or why there is no room for them.</returns>
    public string? TryHold(ResponseSlot slot, long bytes)
    {
        ArgumentNullException.ThrowIfNull(slot);
        lock (_gate)
        {
            if (MakeRoom_NeedsLock(slot, bytes) is { } problem)
            {
                return problem;
            }

            slot.Hold(bytes, Timestamp.Now(time));
            return null;
        }
    }

    private string? MakeRoom_NeedsLock(ResponseSlot slot, long bytes)
    {
        var own = _slots.Where(other => other.Address == slot.Address);
        return MakeRoom_NeedsLock(slot, bytes, own, limits.ResponsesPerAddress, limits.BytesPerAddress) switch
        {
            Shortage.Slots => Text($"this address has {limits.ResponsesPerAddress} responses to read already"),
            Shortage.Bytes => Text($"this address has too much to read already: more than {limits.BytesPerAddress >> 10} KiB, compressed"),
            _ => MakeRoom_NeedsLock(slot, bytes, _slots, limits.Responses, limits.Bytes) switch
            {
                Shortage.Slots => Text($"{limits.Responses} responses are being read already"),
                Shortage.Bytes => Text($"too much waits for its readers already: more than {limits.Bytes >> 10} KiB, compressed"),
                _ => null,
            },
        };

        static string Text(FormattableString text) => FormattableString.Invariant(text);
    }

    /// <summary>Cuts slow readers off, the slowest first, until there is room.</summary>
    private Shortage MakeRoom_NeedsLock(ResponseSlot slot, long bytes, IEnumerable<ResponseSlot> among, int mostSlots, long mostBytes)
    {
        var now = Timestamp.Now(time);
        while (true)
        {
            var others = among.Where(other => other != slot).ToList();
            var held = others.Sum(other => other.Bytes);
            var shortage = others.Count >= mostSlots ? Shortage.Slots
                : held > 0 && held + bytes > mostBytes ? Shortage.Bytes // one alone has room, however large it is
                : Shortage.None;
            if (shortage == Shortage.None)
            {
                return Shortage.None;
            }

            var slowest = others.Where(other => other.ReadingSince is not null).MinBy(other => other.ReadingSince);
            if (slowest?.ReadingSince is not { } since || now - since < SlowAfter)
            {
                return shortage;
            }

            _slots.Remove(slowest);
            slowest.Cut();
        }
    }

    private void Leave(ResponseSlot slot)
    {
        lock (_gate)
        {
            _slots.Remove(slot);
        }
    }

    private enum Shortage
    {
        None,
        Slots,
        Bytes,
    }
}

/// <summary>One response of <see cref="ResponseSlots"/>, until its disposal.</summary>
internal sealed class ResponseSlot(ClientAddress address, Action cut, Action<ResponseSlot> leave) : IDisposable
{
    /// <summary>Whose it is.</summary>
    public ClientAddress Address { get; } = address;

    /// <summary>How many bytes wait for the reader.</summary>
    public long Bytes { get; private set; }

    /// <summary>Since when they do; null while they are rendered.</summary>
    public Timestamp? ReadingSince { get; private set; }

    /// <summary>Ends the response.</summary>
    public void Cut() => cut();

    /// <summary>The reader begins.</summary>
    public void Hold(long bytes, Timestamp timestamp)
    {
        Bytes = bytes;
        ReadingSince = timestamp;
    }

    /// <inheritdoc />
    public void Dispose() => leave(this);
}
