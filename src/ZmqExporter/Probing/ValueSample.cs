using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>A number that a message had.</summary>
/// <param name="Value">What it is.</param>
/// <param name="Labels">The values of its labels, in the order of <see cref="ValueConfig.Labels"/>.</param>
/// <param name="Number">The number, scaled.</param>
internal sealed record ValueSample(ValueConfig Value, EquatableArray<string> Labels, double Number)
{
    /// <summary>For people: as Prometheus writes it, but on one line, printable and not too long.</summary>
    public override string ToString()
    {
        var labels = Value.Labels.Select((label, index) => $"{label.Name}={Quoted.Text(Escaped(Labels[index]))}");
        return string.Create(CultureInfo.InvariantCulture, $"{Value.Metric}{(Labels.IsEmpty ? "" : $"{{{string.Join(',', labels)}}}")} {Number}");
    }

    private static string Escaped(string label) => label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}

/// <summary>The numbers of one message.</summary>
/// <param name="Samples">No two of one metric with the same labels.</param>
/// <param name="Dropped">How many more there were than <see cref="ValueConfig.MaxSeries"/>.</param>
internal readonly record struct MessageValues(ImmutableArray<ValueSample> Samples, int Dropped)
{
    /// <summary>The entries of <c>values</c> that found nothing in it.</summary>
    public ImmutableArray<int> Missing { get; init; } = [];

    /// <summary>The lists that entries with <c>each</c> have in such messages.</summary>
    public ImmutableArray<MessageList> Lists { get; init; } = [];

    /// <summary>The single numbers that it does not have, by their labels; what stands for the number means nothing.</summary>
    public ImmutableArray<ValueSample> Absent { get; init; } = [];
    /// <summary>What each of those found in the place of items with numbers, as the end of a sentence; null without <c>each</c>, and where there was no document.</summary>
    public ImmutableArray<string?> ItemProblems { get; init; } = [];
}

/// <summary>What a message says of the list of an entry with <c>each</c>.</summary>
/// <param name="Value">The entry.</param>
/// <param name="Placed">The values of its labels that do not stand in the items; the others are empty.</param>
/// <param name="Start">The first sample of it.</param>
/// <param name="Count">How many samples there are.</param>
/// <param name="IsThere">Whether the message has such a list, be it an empty one; if not, it may be a message of another kind.</param>
internal readonly record struct MessageList(ValueConfig Value, EquatableArray<string> Placed, int Start, int Count, bool IsThere);
