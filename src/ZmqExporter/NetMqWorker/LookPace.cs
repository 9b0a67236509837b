namespace ZmqExporter.NetMqWorker;

/// <summary>The sockets of a worker that are looked at together.</summary>
internal enum LookScope
{
    Asked, // the exporter waits for a word on a silence: its next probe may be due soon
    Watched, // somebody waits for something: they are the ones that a server may be sending to
    All,
}

/// <summary>At which pace which sockets are looked at for what no select finds: floods, losses, and silences that could not be proven yet. Not thread-safe.</summary>
/// <param name="start">The present, in milliseconds.</param>
internal sealed class LookPace(long start)
{
    private readonly long[] _looked = [start, start, start]; // when, by scope

    /// <summary>How much time is between two looks, in milliseconds.</summary>
    public static int Period(LookScope scope) => scope switch
    {
        LookScope.Asked => 20,
        LookScope.Watched => 100,
        _ => 1000,
    };

    /// <summary>What is to be looked at now: the widest of what is due; null for nothing.</summary>
    public LookScope? TakeDue(long now)
    {
        LookScope? due = null;
        for (var scope = LookScope.Asked; scope <= LookScope.All; scope++)
        {
            if (now - _looked[(int)scope] >= Period(scope))
            {
                (_looked[(int)scope], due) = (now, scope);
            }
        }

        return due;
    }
}
