namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>What happens to a process in a <see cref="KillPlan"/>.</summary>
internal enum KillAct
{
    /// <summary>It is killed.</summary>
    Kill,

    /// <summary>It is started.</summary>
    Start,

    /// <summary>It is started and killed at once, before it has run a line.</summary>
    KillAtBirth,

    /// <summary>It is started and killed at its first line.</summary>
    KillAtFirstLine,

    /// <summary>It is started and killed as soon as it listens.</summary>
    KillWhenReady,
}

/// <summary>One act on one process.</summary>
internal readonly record struct KillStroke(string Process, KillAct Act)
{
    /// <inheritdoc />
    public override string ToString() => $"{Act} {Process}";
}

/// <summary>
/// A sequence of kills and starts that a seed decides. Every process has its turn before any has it again, up to three are dead after a step,
/// and at the end all are alive.
/// </summary>
internal sealed class KillPlan
{
    private const int MaxDead = 3;

    private readonly Random _random;
    private readonly string[] _processes;
    private readonly Queue<string> _turns = new();
    private readonly HashSet<string> _dead = new(StringComparer.Ordinal);

    /// <param name="seed">The same seed and processes make the same plan.</param>
    /// <param name="processes">The names of the processes, all alive.</param>
    /// <param name="steps">How many steps.</param>
    public KillPlan(int seed, IEnumerable<string> processes, int steps)
    {
        _random = new Random(seed);
        _processes = [.. processes];
        Steps = [.. Enumerable.Range(1, steps).Select(number => Step(isLast: number == steps))];
    }

    /// <summary>The strokes of each step, one right after the other.</summary>
    public IReadOnlyList<IReadOnlyList<KillStroke>> Steps { get; }

    private List<KillStroke> Step(bool isLast)
    {
        var victims = new List<string>(_dead.Where(_ => isLast || _random.Next(10) < 7).Order(StringComparer.Ordinal));
        for (var count = _random.Next(1, 4); !isLast && victims.Count < count;)
        {
            if (_turns.Count == 0)
            {
                Array.ForEach(Shuffled(_processes), _turns.Enqueue);
            }

            var next = _turns.Dequeue();
            if (!victims.Contains(next))
            {
                victims.Add(next);
            }
        }

        // Round by round: all are killed before the first of them is started again.
        var queues = Shuffled([.. victims]).Select(name => new Queue<KillStroke>(Strokes(name, isLast))).ToList();
        var strokes = new List<KillStroke>();
        while (queues.Any(queue => queue.Count > 0))
        {
            strokes.AddRange(queues.Where(queue => queue.Count > 0).Select(queue => queue.Dequeue()));
            queues = [.. Shuffled([.. queues])];
        }

        return strokes;
    }

    private List<KillStroke> Strokes(string name, bool isLast)
    {
        var strokes = new List<KillStroke>();
        if (_dead.Add(name))
        {
            strokes.Add(new(name, KillAct.Kill));
        }
        else if (isLast || _random.Next(10) < 8)
        {
            _dead.Remove(name);
        }

        if (strokes.Count > 0 && (_dead.Count > MaxDead || _random.Next(10) < 5))
        {
            _dead.Remove(name);
        }

        if (_random.Next(10) < 3)
        {
            strokes.Add(new(name, (KillAct)_random.Next((int)KillAct.KillAtBirth, (int)KillAct.KillWhenReady + 1)));
        }

        if (!_dead.Contains(name))
        {
            strokes.Add(new(name, KillAct.Start));
        }

        return strokes;
    }

    private T[] Shuffled<T>(T[] items)
    {
        T[] shuffled = [.. items];
        _random.Shuffle(shuffled);
        return shuffled;
    }
}
