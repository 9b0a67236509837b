using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Heartbeat;

/// <summary>A heartbeat that nobody asked for: published, or pushed. Immutable.</summary>
/// <param name="Report">What the server says of itself.</param>
/// <param name="Sequence">From 0 at the start of the process.</param>
/// <param name="Time">When it was sent, in seconds since 1970.</param>
/// <param name="Interval">Until the next one.</param>
internal sealed record HeartbeatBeat(HeartbeatReport Report, ulong Sequence, double Time, TimeSpan Interval)
{
    private const int Frames = HeartbeatProtocol.BeatDetails;

    private static readonly SearchValues<byte> Decimals = SearchValues.Create("0123456789."u8);

    /// <summary>Reads one.</summary>
    /// <param name="message">What came.</param>
    /// <param name="beat">What it says; null when it is none.</param>
    /// <returns>Which rule of the protocol it breaks, in words, or null.</returns>
    public static string? Read(ZmtpMessage message, out HeartbeatBeat? beat)
    {
        beat = null;
        if (!message[0].SequenceEqual(HeartbeatProtocol.Id))
        {
            return $"frame 0 is {Excerpt.Of(message[0])} and must be {HeartbeatProtocol.Name}";
        }

        if (message.FrameCount is < Frames or > Frames + 1)
        {
            return FormattableString.Invariant(
                $"the beat has {message.FrameCount} {(message.FrameCount == 1 ? "frame" : "frames")} and must have 7 or 8: {HeartbeatProtocol.Name}, service, status, instance, sequence, time, interval, and perhaps details");
        }

        if (message[1].Length > HeartbeatProtocol.MaxService)
        {
            return FormattableString.Invariant($"the service (frame 1) has {message[1].Length} bytes and must have {HeartbeatProtocol.MaxService} at most");
        }

        if (HeartbeatReport.ReadCommon(message[2], message[3], 2, out var read) is { } problem)
        {
            return problem;
        }

        if (!Utf8Parser.TryParse(message[4], out ulong sequence, out var length) || length != message[4].Length)
        {
            return $"the sequence (frame 4) is {Excerpt.Of(message[4])} and must be decimal digits";
        }

        if (!TryReadSeconds(message[5], out var time))
        {
            return $"the time (frame 5) is {Excerpt.Of(message[5])} and must be decimal seconds since 1970";
        }

        if (!TryReadSeconds(message[6], out var interval) || interval <= 0 || interval > HeartbeatProtocol.LongestInterval.TotalSeconds)
        {
            return $"the interval (frame 6) is {Excerpt.Of(message[6])} and must be decimal seconds above 0 and up to 86400";
        }

        var details = message.FrameCount > Frames ? message[Frames] : [];
        if (HeartbeatReport.CheckLength(details, Frames) is { } tooLong)
        {
            return tooLong;
        }

        var until = TimeSpan.FromSeconds(interval);
        var report = new HeartbeatReport(read.Status, Excerpt.Escape(message[1]), read.Instance, HeartbeatDetails.Read(details)) { Interval = until };
        beat = new HeartbeatBeat(report, sequence, time, until);
        return null;
    }

    // Digits and a point alone: the parser takes words for infinity, and zero bytes at the end, whatever it is told.
    private static bool TryReadSeconds(ReadOnlySpan<byte> text, out double seconds)
    {
        seconds = 0;
        return !text.ContainsAnyExcept(Decimals)
            && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds) && seconds < 1e12;
    }
}
