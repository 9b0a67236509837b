using System.Runtime.InteropServices;
using Zmtp.Limits;

namespace Zmtp.Wire;

/// <summary>Puts frames together to messages, within bounds. Holds memory only while a message is incomplete. Not thread-safe.</summary>
/// <param name="maxSize">Most bytes of a message.</param>
/// <param name="budget">Bounds what incomplete messages hold together, or null. Without anything left, adding throws.</param>
internal sealed class MessageBuilder(int maxSize, BufferBudget? budget = null)
{
    private const int Uncounted = 64 << 10; // a copy of less is nothing beside what the message is then made of

    private readonly List<int> _ends = [];
    private int _counted; // of the message that was handed out
    private GrowingBuffer _bytes = new(budget);

    /// <summary>Bytes so far.</summary>
    public int Length => _bytes.Length;

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool IsEmpty => _ends.Count == 0;

    /// <summary>Bytes that the message may still grow by.</summary>
    public int Left => maxSize - Length;

    /// <summary>Adds a frame that fits <see cref="Left"/>.</summary>
    /// <param name="frame">The body.</param>
    /// <param name="isLast">Whether it ends the message.</param>
    /// <returns>The message when this was its last frame, else null. It counts until <see cref="Delivered"/>.</returns>
    public ZmtpMessage? Add(ReadOnlySpan<byte> frame, bool isLast)
    {
        if (isLast && _ends.Count == 0)
        {
            Count(frame.Length);
            return new ZmtpMessage(frame.ToArray(), ends: null);
        }

        _bytes.Append(frame);
        _ends.Add(Length);
        if (!isLast)
        {
            return null;
        }

        Count(Length);
        var message = new ZmtpMessage(_bytes.Written.ToArray(), CollectionsMarshal.AsSpan(_ends).ToArray());
        _bytes.Release();
        _ends.Clear();
        return message;
    }

    /// <summary>Somebody has taken the message and done with it what there is to do at once.</summary>
    public void Delivered()
    {
        budget?.Return(_counted);
        _counted = 0;
    }

    /// <summary>Forgets what has come of a message.</summary>
    public void Release()
    {
        _bytes.Release();
        _ends.Clear();
        Delivered();
    }

    // The message is a copy of what has come, beside that.
    private void Count(int size)
    {
        if (size > Uncounted && budget is not null)
        {
            budget.Take(size);
            _counted = size;
        }
    }
}
