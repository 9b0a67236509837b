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
