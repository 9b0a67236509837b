using System.Buffers.Binary;
using System.Buffers.Text;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>Reads the time at which a message says it was sent.</summary>
internal static class SentAt
{
    /// <summary>More bytes than any time has.</summary>
    public const int MaxLength = 64;

    /// <summary>Reads a decimal number, or an integer of 8 bytes in whichever byte order lies nearer to now.</summary>
    /// <param name="config">The unit.</param>
    /// <param name="frame">All of the frame.</param>
    /// <param name="now">Seconds since 1970.</param>
    /// <param name="seconds">Seconds since 1970.</param>
    /// <returns>False when the frame holds no time.</returns>
    public static bool TryRead(SentAtConfig config, ReadOnlySpan<byte> frame, double now, out double seconds)
    {
        if (Utf8Parser.TryParse(frame, out double number, out var read) && read == frame.Length && double.IsFinite(number))
        {
            seconds = number / config.PerSecond;
            return true;
        }

        seconds = 0;
        if (frame.Length != sizeof(long))
        {
            return false;
        }

        var little = BinaryPrimitives.ReadInt64LittleEndian(frame) / (double)config.PerSecond;
        var big = BinaryPrimitives.ReadInt64BigEndian(frame) / (double)config.PerSecond;
        seconds = Math.Abs(now - little) <= Math.Abs(now - big) ? little : big;
        return true;
    }
}
