namespace ZmqExporter.Teaching;

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
