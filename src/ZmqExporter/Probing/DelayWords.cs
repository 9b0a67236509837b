using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>The delay of a message by its own time, in words.</summary>
internal static class DelayWords
{
    /// <summary>No network takes that long: the unit is wrong, or a clock.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    /// <summary>Of a message that was too long on its way.</summary>
    public static string TooLong(TimeSpan delay, TimeSpan lateAfter) => delay > LongestDelay
        ? $"the last message says that it was sent {Durations.Words(delay)} or more ago, which no network takes: wrong format (unit?) of sent_at, or a wrong clock"
        : string.Create(CultureInfo.InvariantCulture, $"the last message was {delay.TotalSeconds:0.000} s on its way, and late_after is {lateAfter.TotalSeconds:0.###} s");
}
