using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Probing;

/// <summary>Messages for people.</summary>
internal static class MessageText
{
    private const int MaxFrames = 4;

    /// <summary>The first frames of a message, such as <c>"hello" | 0x00 01</c>; "an empty message" for one without bytes.</summary>
    public static string Of(ZmtpMessage message)
    {
        if (message.Length == 0)
        {
            return "an empty message";
        }

        var shown = Enumerable.Range(0, Math.Min(message.FrameCount, MaxFrames)).Select(frame => Excerpt.Of(message[frame]));
        return string.Join(" | ", shown) + (message.FrameCount > MaxFrames ? " | …" : "");
    }
}
