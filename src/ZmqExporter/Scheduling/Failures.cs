using System.Runtime.ExceptionServices;

namespace ZmqExporter.Scheduling;

/// <summary>What went wrong while one after the other was done. Not thread-safe.</summary>
internal sealed class Failures
{
    private readonly List<Exception> _all = [];

    /// <summary>Does one thing. Never throws.</summary>
    public void Try(Action action)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // It is thrown once the others are done.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _all.Add(exception);
        }
    }

    /// <summary>Throws what went wrong, if anything did.</summary>
    public void Throw()
    {
        if (_all.Count == 1)
        {
            ExceptionDispatchInfo.Throw(_all[0]);
        }

        if (_all.Count > 1)
        {
            throw new AggregateException(_all);
        }
    }
}
