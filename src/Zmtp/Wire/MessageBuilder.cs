using System.Runtime.InteropServices;
using Zmtp.Limits;

namespace Zmtp.Wire;

/// <summary>Puts frames together to messages, within bounds. Holds memory only while a message is incomplete. Not thread-safe.</summary>
/// <param name="maxSize">Most bytes of a message.</param>
/// <param name="budget">Bounds what incomplete messages hold together, or null. Without anything left, adding throws.</param>
internal sealed class MessageBuilder(int maxSize, BufferBudget? budget = null)
{
    private readonly List<int> _ends = [];
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
    /// <returns>The message when this was its last frame, else null.</returns>
    public ZmtpMessage? Add(ReadOnlySpan<byte> frame, bool isLast)
    {
        if (isLast && _ends.Count == 0)
        {
            return new ZmtpMessage(frame.ToArray(), ends: null);
        }

        _bytes.Append(frame);
        _ends.Add(Length);
        if (!isLast)
        {
            return null;
        }

        var message = new ZmtpMessage(_bytes.Written.ToArray(), CollectionsMarshal.AsSpan(_ends).ToArray());
        Release();
        return message;
    }

    /// <summary>Forgets what has come of a message.</summary>
    public void Release()
    {
        _bytes.Release();
        _ends.Clear();
    }
}
