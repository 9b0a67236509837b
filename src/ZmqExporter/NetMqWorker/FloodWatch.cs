namespace ZmqExporter.NetMqWorker;

/// <summary>
/// Whether a message comes in that does not end. NetMQ shows nothing of one before it is whole; how many bytes it has taken from the kernel tells.
/// Not thread-safe.
/// </summary>
/// <param name="largest">The most bytes of a message that is allowed, with its headers and what is read ahead of it.</param>
/// <param name="most">The most bytes that may wait to be read.</param>
internal sealed class FloodWatch(long largest, long most)
{
    private long? _taken; // when it was looked first
    private bool _hasRead;

    /// <summary>Bytes that NetMQ took since the last message was read, as far as somebody looked.</summary>
    public long Pending { get; private set; }

    /// <summary>Whether that is more than may be on its way of a message that is allowed.</summary>
    public bool IsHeavy => Pending > most / 2;

    /// <summary>A message was read.</summary>
    public void OnRead() => _hasRead = true;

    /// <summary>Whether one was read since this was asked last: then there is nothing to look at, which is so for most connections.</summary>
    public bool TakeRead()
    {
        var hasRead = _hasRead;
        (_hasRead, Pending, _taken) = (false, 0, hasRead ? null : _taken);
        return hasRead;
    }

    /// <summary>Looks how much has come.</summary>
    /// <param name="taken">Bytes that NetMQ has taken since the connect.</param>
    /// <param name="isAwaited">Whether a message would have been read as soon as it was whole.</param>
    /// <returns>Whether that is too much; null when it is, unless something whole waits to be read.</returns>
    public bool? Look(long taken, bool isAwaited)
    {
        _taken ??= taken;
        Pending = taken - _taken.Value;
        return Pending > most ? true : isAwaited && Pending > largest ? null : false;
    }
}
