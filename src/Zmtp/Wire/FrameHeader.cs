using System.Buffers.Binary;

namespace Zmtp.Wire;

/// <summary>A frame's flags and length (RFC 37, "Framing").</summary>
/// <param name="IsMore">Bit 0: further frames of the same message follow.</param>
/// <param name="IsCommand">Bit 2: the body is a command.</param>
/// <param name="Size">Length of the header itself: 2 or 9 bytes.</param>
/// <param name="BodyLength">Length of the body that follows, in bytes.</param>
internal readonly record struct FrameHeader(bool IsMore, bool IsCommand, int Size, ulong BodyLength)
{
    public const int MaxSize = 9;

    private const int ShortSize = 2;
    private const byte More = 1;
    private const byte Long = 2;
    private const byte IsACommand = 4;
    private const byte Reserved = 0xF8;

    /// <summary>Reads a header from the start of some bytes.</summary>
    /// <param name="bytes">At least one.</param>
    /// <param name="header">The header when it was complete.</param>
    /// <param name="error">What breaks the grammar, or null.</param>
    /// <returns>False when more bytes are needed or there is an error.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header, out ZmtpError? error)
    {
        header = default;
        error = null;
        var flags = bytes[0];
        if ((flags & Reserved) != 0 || (flags & (More | IsACommand)) == (More | IsACommand))
        {
            error = new ZmtpError(ZmtpErrorCode.Protocol, $"the peer sent a frame with the flags 0x{flags:x2}, which ZMTP 3 does not have");
            return false;
        }

        var size = (flags & Long) != 0 ? MaxSize : ShortSize;
        if (bytes.Length < size)
        {
            return false;
        }

        var length = size == MaxSize ? BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]) : bytes[1];
        header = new FrameHeader((flags & More) != 0, (flags & IsACommand) != 0, size, length);
        return true;
    }

    /// <summary>How long the header of such a body is.</summary>
    public static int SizeFor(int bodyLength) => bodyLength > byte.MaxValue ? MaxSize : ShortSize;

    /// <summary>Writes a header.</summary>
    /// <returns>Its length.</returns>
    public static int Write(Span<byte> target, int bodyLength, bool more, bool command)
    {
        var flags = (more ? More : 0) | (command ? IsACommand : 0);
        if (bodyLength <= byte.MaxValue)
        {
            target[0] = (byte)flags;
            target[1] = (byte)bodyLength;
            return ShortSize;
        }

        target[0] = (byte)(flags | Long);
        BinaryPrimitives.WriteUInt64BigEndian(target[1..], (ulong)bodyLength);
        return MaxSize;
    }
}
