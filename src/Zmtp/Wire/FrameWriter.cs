using System.Buffers;

namespace Zmtp.Wire;

/// <summary>Writes messages and commands as frames, each with one call of the output. Thread-safe: it keeps nothing.</summary>
internal static class FrameWriter
{
    /// <summary>Sends a message.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="message">The frames.</param>
    /// <param name="delimited">Whether an empty frame goes first (a REQ's, RFC 28).</param>
    public static void Send(IByteOutput output, ZmtpMessage message, bool delimited)
    {
        var size = FrameHeader.SizeFor(0); // for the delimiter, if there is one
        for (var i = 0; i < message.FrameCount; i++)
        {
            size += FrameHeader.SizeFor(message[i].Length) + message[i].Length;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(size);
        var written = delimited ? FrameHeader.Write(buffer, 0, more: true, command: false) : 0;
        for (var i = 0; i < message.FrameCount; i++)
        {
            var frame = message[i];
            written += FrameHeader.Write(buffer.AsSpan(written), frame.Length, i < message.FrameCount - 1, command: false);
            frame.CopyTo(buffer.AsSpan(written));
            written += frame.Length;
        }

        output.Send(buffer.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Sends a command.</summary>
    public static void SendCommand(IByteOutput output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var body = 1 + name.Length + data.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(FrameHeader.SizeFor(body) + body);
        var written = FrameHeader.Write(buffer, body, more: false, command: true);
        buffer[written++] = (byte)name.Length;
        name.CopyTo(buffer.AsSpan(written));
        written += name.Length;
        data.CopyTo(buffer.AsSpan(written));
        output.Send(buffer.AsSpan(0, written + data.Length));
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true); // it may have held credentials
    }
}
