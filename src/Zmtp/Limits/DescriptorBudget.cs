using System.Globalization;
using Zmtp.Wire;

namespace Zmtp.Limits;

/// <summary>
/// How many file descriptors there may be for connections, and how many are taken. Code that opens one takes it here first: once the kernel has to
/// refuse, it refuses everybody, and a .NET process that cannot start a thread or load an assembly ends. Thread-safe, without locks.
/// </summary>
public sealed class DescriptorBudget
{
    /// <summary>What looking a name up may take at a time: the system's resolver opens files and sockets of its own.</summary>
    internal const int OfLookup = 3;

    private int _limit = int.MaxValue;
    private int _inUse;
    private int _inLookups;

    /// <value>How many there may be. No limit at first. When it shrinks below what is taken, nothing more is given until enough came back.</value>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>How many are taken.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>How many of those were taken for look-ups, which have so many open at the most.</summary>
    public int InLookups => Volatile.Read(ref _inLookups);

    /// <value>The limit of open files that would suffice, for people; null when nobody knows.</value>
    public int? Sufficient { get; set; }

    /// <value>How many the process could really open now; null when nobody knows. For <see cref="TryTakeChecked"/>.</value>
    public Func<int>? Free { get; set; }

    /// <summary>What it means that none is left: a fault of our own side.</summary>
    public ZmtpError Refusal => new(ZmtpErrorCode.Local, RefusalText);

    private string RefusalText
    {
        get
        {
            var sufficient = Sufficient is { } limit ? string.Create(CultureInfo.InvariantCulture, $" to at least {limit}") : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"this process has no file descriptors left for a new connection: {InUse} of {Limit} are in use; raise its limit (ulimit -n, LimitNOFILE){sufficient}");
        }
    }

    /// <summary>Takes descriptors, if there are so many left.</summary>
    /// <param name="count">How many, together or not at all.</param>
    /// <returns>Whether the caller has them, and gives them back.</returns>
    public bool TryTake(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var inUse = Volatile.Read(ref _inUse);
        while (count <= Volatile.Read(ref _limit) - inUse)
        {
            var before = Interlocked.CompareExchange(ref _inUse, inUse + count, inUse);
            if (before == inUse)
            {
                return true;
            }

            inUse = before;
        }

        return false;
    }

    /// <summary>As <see cref="TryTake"/>, but asks the kernel too: for sockets of a library that closes them later than it says.</summary>
    /// <param name="count">How many, together or not at all.</param>
    public bool TryTakeChecked(int count)
    {
        if (!TryTake(count))
        {
            return false;
        }

        if (Free is { } free && free() < count)
        {
            Return(count);
            return false;
        }

        return true;
    }

    /// <summary>Takes what a look-up may need.</summary>
    public bool TryTakeLookup()
    {
        if (!TryTake(OfLookup))
        {
            return false;
        }

        Interlocked.Add(ref _inLookups, OfLookup);
        return true;
    }

    /// <summary>Gives that back.</summary>
    public void ReturnLookup()
    {
        Interlocked.Add(ref _inLookups, -OfLookup);
        Return(OfLookup);
    }

    /// <summary>Gives descriptors back, once they are closed.</summary>
    /// <param name="count">How many.</param>
    public void Return(int count = 1) => Interlocked.Add(ref _inUse, -count);
}
