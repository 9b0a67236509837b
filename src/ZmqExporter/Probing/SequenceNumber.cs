using System.Buffers.Binary;
using System.Buffers.Text;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>Reads the number of a message.</summary>
internal static class SequenceNumber
{
    /// <summary>More bytes than any number has.</summary>
    public const int MaxLength = 32;

    /// <summary>Reads the number that is all of a frame.</summary>
    /// <returns>False when the frame holds no such number.</returns>
    public static bool TryRead(SequenceFormat format, ReadOnlySpan<byte> frame, out ulong number)
    {
        number = 0;
        switch (format)
        {
            case SequenceFormat.UInt32Le when frame.Length == sizeof(uint):
                number = BinaryPrimitives.ReadUInt32LittleEndian(frame);
                return true;
            case SequenceFormat.UInt32Be when frame.Length == sizeof(uint):
                number = BinaryPrimitives.ReadUInt32BigEndian(frame);
                return true;
            case SequenceFormat.UInt64Le when frame.Length == sizeof(ulong):
                number = BinaryPrimitives.ReadUInt64LittleEndian(frame);
                return true;
            case SequenceFormat.UInt64Be when frame.Length == sizeof(ulong):
                number = BinaryPrimitives.ReadUInt64BigEndian(frame);
                return true;
            case SequenceFormat.Ascii:
                return Utf8Parser.TryParse(frame, out number, out var read) && read == frame.Length;
            default:
                return false;
        }
    }
}
