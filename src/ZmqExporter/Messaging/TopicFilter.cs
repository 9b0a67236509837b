using System.Collections.Immutable;

namespace ZmqExporter.Messaging;

/// <summary>
/// What a SUB takes: messages whose first frame begins with one of its topics. Every ZeroMQ SUB looks again at what arrives, because
/// welcome messages, publishers that do not filter and subscriptions that were withdrawn bring more than was asked for. A look costs no
/// allocation, and its time grows with the logarithm of the number of topics. Immutable.
/// </summary>
internal sealed class TopicFilter
{
    private readonly byte[][] _topics; // sorted, and none begins with another: then only one of them can match

    public TopicFilter(ImmutableArray<ImmutableArray<byte>> topics)
    {
        var kept = new List<byte[]>();
        foreach (var topic in topics.Select(topic => topic.ToArray()).Order(Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y))))
        {
            if (kept.Count == 0 || !topic.AsSpan().StartsWith(kept[^1]))
            {
                kept.Add(topic);
            }
        }

        _topics = [.. kept];
        Length = kept.Max(topic => topic.Length);
    }

    /// <summary>How many bytes of a first frame have to be at hand.</summary>
    public int Length { get; }

    /// <summary>Whether a message is one of those that were asked for.</summary>
    /// <param name="head">Its first frame, or at least the first <see cref="Length"/> bytes of it.</param>
    public bool Matches(ReadOnlySpan<byte> head)
    {
        // The last topic that is not above the frame: a topic that the frame begins with is not above it, and all that stand
        // between the two begin with that topic, so that they are not here.
        var (low, high) = (0, _topics.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (head.SequenceCompareTo(_topics[middle]) >= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 && head.StartsWith(_topics[low - 1]);
    }
}
