using System.Buffers;
using System.Runtime.InteropServices;

namespace Zmtp.Wire;

/// <summary>Puts frames together to messages, within bounds. Holds memory only while a message is incomplete. Not thread-safe.</summary>
internal sealed class MessageBuilder(int maxSize, int maxFrames)
{
    private readonly List<int> _ends = [];
    private byte[]? _bytes;

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool IsEmpty => _ends.Count == 0;

    /// <summary>Bytes that the message may still grow by.</summary>
    public int Left => maxSize - Length;

    /// <summary>Adds a frame that fits <see cref="Left"/>.</summary>
    /// <param name="frame">The body.</param>
    /// <param name="more">Whether the message goes on.</param>
    /// <param name="message">The message when this was its last frame, else null.</param>
    /// <returns>False when the message has too many frames.</returns>
    public bool TryAdd(ReadOnlySpan<byte> frame, bool more, out ZmtpMessage? message)
    {
        message = null;
        if (!more && _ends.Count == 0)
        {
            message = new ZmtpMessage(frame.ToArray(), ends: null);
            return true;
        }

        if (_ends.Count == maxFrames)
        {
            return false;
        }

        Append(frame);
        _ends.Add(Length);
        if (!more)
        {
            message = new ZmtpMessage(_bytes.AsSpan(0, Length).ToArray(), CollectionsMarshal.AsSpan(_ends).ToArray());
            Release();
        }

        return true;
    }

    /// <summary>Forgets what has come of a message.</summary>
    public void Release()
    {
        if (_bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = null;
        }

        Length = 0;
        _ends.Clear();
    }

    private void Append(ReadOnlySpan<byte> frame)
    {
        var needed = Length + frame.Length;
        if (_bytes is null || _bytes.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, Math.Min(Length * 2L, Array.MaxLength)));
            _bytes?.AsSpan(0, Length).CopyTo(larger);
            if (_bytes is not null)
            {
                ArrayPool<byte>.Shared.Return(_bytes);
            }

            _bytes = larger;
        }

        frame.CopyTo(_bytes.AsSpan(Length));
        Length = needed;
    }
}
