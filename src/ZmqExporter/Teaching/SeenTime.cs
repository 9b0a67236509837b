using System.Text;
using System.Text.RegularExpressions;
using ZmqExporter.Content;

namespace ZmqExporter.Teaching;

/// <summary>A text or number that is a time not far from now.</summary>
/// <param name="Format">As the configuration calls its form: <c>unix_ms</c>.</param>
/// <param name="Age">How long before the message came; below zero for later.</param>
internal readonly partial record struct SeenTime(string Format, TimeSpan Age)
{
    /// <summary>What is sent at its own time is hardly older, by clocks that are about right.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Oldest = TimeSpan.FromDays(1);
    private static readonly TimeSpan Latest = TimeSpan.FromMinutes(5);

    /// <summary>Reads it; null when it is no such time.</summary>
    /// <param name="text">What stood there.</param>
    /// <param name="at">When the message came.</param>
    public static SeenTime? Of(string text, DateTimeOffset at)
    {
        var value = FoundValue.OfText(Encoding.UTF8.GetBytes(text));
        var isNumber = NumberText.TryRead(value, out var number);
        if (number == 0 && (isNumber || !Iso.IsMatch(text)))
        {
            return null;
        }

        if (!TimeText.TryRead(value, perSecond: null, out var seconds))
        {
            return null;
        }

        var age = (at - DateTimeOffset.UnixEpoch).TotalSeconds - seconds;
        if (age > Oldest.TotalSeconds || age < -Latest.TotalSeconds)
        {
            return null;
        }

        return new SeenTime(isNumber ? FormatOf(number / seconds) : "iso8601", TimeSpan.FromSeconds(age));
    }

    private static string FormatOf(double perSecond) => perSecond switch
    {
        < 10 => "unix_s",
        < 1e4 => "unix_ms",
        < 1e7 => "unix_us",
        _ => "unix_ns",
    };

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}", RegexOptions.None, 1000)]
    private static partial Regex Iso { get; }
}

/// <summary>A column of times.</summary>
/// <param name="Column">Where they stand.</param>
/// <param name="Format">As the configuration calls their form.</param>
/// <param name="Oldest">The greatest age.</param>
/// <param name="Least">The least age.</param>
internal sealed record TimeColumn(Column Column, string Format, TimeSpan Oldest, TimeSpan Least)
{
    /// <summary>Whether each of them was about the time at which its message came.</summary>
    public bool IsRecent => Oldest <= SeenTime.Recent && Least >= -SeenTime.Recent;

    /// <summary>The greatest delay that it can show: times in whole seconds are up to one second too early.</summary>
    public TimeSpan LongestDelay => IsInWholeSeconds && Oldest < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : Oldest;

    private bool IsInWholeSeconds => Format is "unix_s" or "iso8601" && Column.Seen.All(text => !text.Contains('.', StringComparison.Ordinal));

    /// <summary>The column as one of times; null when it is none.</summary>
    /// <param name="column">What stood there.</param>
    /// <param name="messages">When each message came.</param>
    public static TimeColumn? Of(Column column, IReadOnlyList<SeenMessage> messages)
    {
        string? format = null;
        var (oldest, least) = (TimeSpan.MinValue, TimeSpan.MaxValue);
        for (var message = 0; message < messages.Count; message++)
        {
            if (column.Texts[message] is not { } text)
            {
                continue;
            }

            if (SeenTime.Of(text, messages[message].At) is not { } time || (format is not null && format != time.Format))
            {
                return null;
            }

            format = time.Format;
            oldest = time.Age > oldest ? time.Age : oldest;
            least = time.Age < least ? time.Age : least;
        }

        return format is null ? null : new TimeColumn(column, format, oldest, least);
    }
}
