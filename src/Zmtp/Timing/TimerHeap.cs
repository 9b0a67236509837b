namespace Zmtp.Timing;

/// <summary>
/// The entries of a <see cref="TimerQueue"/>: a heap whose entries know their position, so that any of them can be moved or taken out in
/// O(log n). Not thread-safe.
/// </summary>
/// <remarks>
/// Each node has four children, and due times stand beside the entries: to compare the children is to read one line of the cache, where with
/// due times in the entries each of them was a line of its own, and most of what a wake-up cost.
/// </remarks>
internal sealed class TimerHeap
{
    private const int Children = 4;

    private Node[] _nodes = new Node[64];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The one that is due first; only when there is one.</summary>
    public TimerEntry First => _nodes[0].Entry;

    /// <summary>When <see cref="First"/> is due; only when there is one.</summary>
    public Timestamp FirstDue => _nodes[0].Due;

    /// <summary>Adds an entry, or moves it when it is there already.</summary>
    public void Set(TimerEntry entry, Timestamp due)
    {
        var node = new Node(due, entry);
        var position = entry.Position;
        entry.Due = due;
        if (position == TimerEntry.NotQueued)
        {
            if (Count == _nodes.Length)
            {
                Array.Resize(ref _nodes, Count * 2);
            }

            SiftUp(node, Count++);
        }
        else if (due < _nodes[position].Due)
        {
            SiftUp(node, position);
        }
        else
        {
            SiftDown(node, position);
        }
    }

    /// <summary>Takes an entry out that is there.</summary>
    public void Remove(TimerEntry entry)
    {
        var position = entry.Position;
        entry.Position = TimerEntry.NotQueued;
        var last = _nodes[--Count];
        _nodes[Count] = default;
        if (position == Count)
        {
            return;
        }

        if (position > 0 && last.Due < _nodes[ParentOf(position)].Due)
        {
            SiftUp(last, position);
        }
        else
        {
            SiftDown(last, position);
        }
    }

    /// <summary>Takes all of them out.</summary>
    public void Clear()
    {
        foreach (var node in _nodes.AsSpan(0, Count))
        {
            node.Entry.Position = TimerEntry.NotQueued;
        }

        Array.Clear(_nodes);
        Count = 0;
    }

    private static int ParentOf(int position) => (position - 1) / Children;

    private void SiftUp(Node node, int position)
    {
        while (position > 0)
        {
            var parent = ParentOf(position);
            if (_nodes[parent].Due <= node.Due)
            {
                break;
            }

            Place(_nodes[parent], position);
            position = parent;
        }

        Place(node, position);
    }

    private void SiftDown(Node node, int position)
    {
        while (true)
        {
            var first = (Children * position) + 1;
            if (first >= Count)
            {
                break;
            }

            var least = first;
            for (var child = first + 1; child < Math.Min(first + Children, Count); child++)
            {
                least = _nodes[child].Due < _nodes[least].Due ? child : least;
            }

            if (_nodes[least].Due >= node.Due)
            {
                break;
            }

            Place(_nodes[least], position);
            position = least;
        }

        Place(node, position);
    }

    private void Place(Node node, int position)
    {
        _nodes[position] = node;
        node.Entry.Position = position;
    }

    private readonly record struct Node(Timestamp Due, TimerEntry Entry);
}
