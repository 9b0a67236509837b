namespace ZmqExporter.Probing;

/// <summary>What was read so far of one message.</summary>
/// <param name="seen">The series that it has; null when no two can be the same.</param>
internal sealed class ValueReading(HashSet<ValueSample>? seen)
{
    public List<ValueSample> Samples { get; } = [];

    public List<MessageList> Lists { get; } = [];

    public List<ValueSample> Absent { get; } = [];

    public int Dropped { get; private set; }

    /// <summary>What the entry that is being read found in the place of items: see <see cref="MessageValues.ItemProblems"/>.</summary>
    public string? ItemProblem { get; set; }

    /// <summary>Counts numbers that are left out.</summary>
    public void AddDropped(int count) => Dropped += count;

    // A series that comes twice in a message counts once.
    public void Add(ValueSample sample, ref int room)
    {
        if (seen?.Add(sample) == false)
        {
            return;
        }

        if (room-- > 0)
        {
            Samples.Add(sample);
        }
        else
        {
            Dropped++;
        }
    }
}
