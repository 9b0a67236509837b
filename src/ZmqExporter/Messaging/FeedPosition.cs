using System.Buffers.Binary;
using System.IO.Hashing;

namespace ZmqExporter.Messaging;

/// <summary>How far a connection of a subscription has come: which message it brought last, as far as messages can be told apart. Not thread-safe.</summary>
/// <param name="connection">The connection.</param>
internal sealed class FeedPosition<TConnection>(TConnection connection)
    where TConnection : class
{
    private XxHash3? _hash; // of the message that comes in; null while nobody compares
    private ulong? _last;
    private bool _isInside; // that message
    private bool _isWanted;

    public TConnection Connection => connection;

    /// <summary>Whether it has brought a whole message since <see cref="Compare"/>.</summary>
    public bool HasBrought => _last is not null;

    /// <summary>Whether it has brought anything since then.</summary>
    public bool HasMoved => HasBrought || _isInside;

    /// <summary>Another connection is read beside it from now on: what came before says nothing.</summary>
    public void Compare() => (_hash, _last) = (new XxHash3(), null);

    /// <summary>Whether a frame is one of a message that was asked for. Of a message whose first frame came earlier it is not.</summary>
    public bool Wants(int number, ReadOnlySpan<byte> head, TopicFilter filter) => _isWanted = number == 0 ? filter.Matches(head) : _isWanted;

    /// <summary>Takes a frame of such a message.</summary>
    /// <returns>Whether the message ends with it.</returns>
    public bool Advance(ReadOnlySpan<byte> head, int length, bool isLast)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, length);
        _hash!.Append(number);
        _hash.Append(head);
        _isInside = !isLast;
        if (isLast)
        {
            _last = _hash.GetCurrentHashAsUInt64();
            _hash.Reset();
        }

        return isLast;
    }

    /// <summary>Whether the message that both have brought last is the same, and nothing has come of another one here.</summary>
    public bool IsAtEndOf(FeedPosition<TConnection> other) => !_isInside && _last is { } last && last == other._last;
}
