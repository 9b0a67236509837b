using System.Text;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Conformance;

/// <summary>Messages as they are sent, and in words.</summary>
internal static class MessageFrames
{
    private const int MaxWhole = 64;
    private const int MaxFrames = 12;

    /// <summary>A message of some frames, which may be texts or bytes.</summary>
    public static ZmtpMessage Message(params object[] frames) =>
        ZmtpMessage.FromFrames([.. frames.Select(frame => frame as byte[] ?? Encoding.UTF8.GetBytes((string)frame))]);

    /// <summary>A message for people.</summary>
    public static string Words(ZmtpMessage? message)
    {
        if (message is null)
        {
            return "nothing";
        }

        var frames = Enumerable.Range(0, Math.Min(message.FrameCount, MaxFrames))
            .Select(frame => message[frame].Length <= MaxWhole ? Excerpt.Whole(message[frame]) : FormattableString.Invariant($"{Excerpt.Of(message[frame])} ({message[frame].Length} bytes)"));
        return string.Join(" | ", frames) + (message.FrameCount > MaxFrames ? FormattableString.Invariant($" | … ({message.FrameCount} frames)") : "");
    }
}
