using ZmqExporter.Heartbeat;

namespace ZmqExporter.Conformance;

/// <summary>What the protocol asks of details, in replies and in beats.</summary>
internal static class DetailsRules
{
    /// <summary>What is wrong with them, or null.</summary>
    /// <param name="frame">The details.</param>
    /// <param name="at">The number of the frame.</param>
    public static string? Problem(ReadOnlySpan<byte> frame, int at)
    {
        if (HeartbeatReport.CheckLength(frame, at) is { } tooLong)
        {
            return tooLong;
        }

        var details = HeartbeatDetails.Read(frame);
        return details switch
        {
            { Problem: { } problem } => FormattableString.Invariant($"these are the details, frame {at}{problem}"),
            { Mistyped.IsEmpty: false } => $"{string.Join(" and ", details.Mistyped)} of the details: start_time must be a number of seconds since 1970, version and reason must be texts",
            _ => null,
        };
    }
}
