using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Heartbeat;

/// <summary>Reads the reply of a server that was asked.</summary>
internal static class HeartbeatReply
{
    /// <summary>Reads it.</summary>
    /// <param name="message">What came, with or without the empty delimiter.</param>
    /// <param name="token">What the request carried.</param>
    /// <param name="service">Which service was asked for; empty for none.</param>
    /// <param name="report">What it says; null when it is no such reply.</param>
    /// <returns>Which rule of the protocol it breaks, in words, or null.</returns>
    public static string? Read(ZmtpMessage message, ReadOnlySpan<byte> token, string service, out HeartbeatReport? report)
    {
        report = null;
        if (CheckToken(message, token) is { } other)
        {
            return other;
        }

        var start = HeartbeatProtocol.Start(message);
        if (HeartbeatReport.ReadCommon(message[start + 2], message[start + 3], start + 2, out var read) is { } problem)
        {
            return problem;
        }

        var at = start + HeartbeatProtocol.ReplyDetails;
        var details = at < message.FrameCount ? message[at] : [];
        if (HeartbeatReport.CheckLength(details, at) is { } tooLong)
        {
            return tooLong;
        }

        report = new HeartbeatReport(read.Status, service, read.Instance, HeartbeatDetails.Read(details));
        return null;
    }

    /// <summary>What is wrong with the frames that every reply has, and with its token, or null.</summary>
    /// <param name="message">What came.</param>
    /// <param name="token">What the request carried.</param>
    public static string? CheckToken(ZmtpMessage message, ReadOnlySpan<byte> token)
    {
        var start = HeartbeatProtocol.Start(message);
        if (start < 0)
        {
            return $"frame 0 is {Excerpt.Of(message[0])} and must be {HeartbeatProtocol.Name}: the server does not speak the heartbeat protocol on this socket";
        }

        var count = message.FrameCount - start;
        if (count is < HeartbeatProtocol.ReplyDetails or > HeartbeatProtocol.ReplyDetails + 1)
        {
            return FormattableString.Invariant(
                $"the reply has {count} {(count == 1 ? "frame" : "frames")} from {HeartbeatProtocol.Name} on and must have 4 or 5: {HeartbeatProtocol.Name}, token, status, instance, and perhaps details");
        }

        var came = message[start + 1];
        return came.SequenceEqual(token) ? null : FormattableString.Invariant(
            $"the token (frame {start + 1}) is {Excerpt.Of(came)}, {came.Length} bytes, and must be the request's, {Excerpt.Of(token)}, unchanged");
    }
}
