using System.Globalization;
using System.Text;

namespace ZmqExporter.Probing;

/// <summary>
/// What a loop's topic or service is called: nobody else has it while it is in use, and it is used again afterwards. Many brokers keep each service
/// whose name they have ever heard, so that a new name for each probe of <c>/probe</c> would fill their memory. Thread-safe.
/// </summary>
internal sealed class LoopName
{
    private static readonly Lock PoolLock = new();
    private static readonly SortedSet<int> Free = [];
    private static int s_made;

    private readonly int _slot;
    private bool _isOver;

    private LoopName(int slot) => _slot = slot;

    /// <summary>Takes one.</summary>
    public static LoopName Take()
    {
        lock (PoolLock)
        {
            if (Free.Count == 0)
            {
                return new LoopName(s_made++);
            }

            var slot = Free.Min;
            Free.Remove(slot);
            return new LoopName(slot);
        }
    }

    /// <summary>The bytes of it.</summary>
    /// <param name="prefix">What it begins with.</param>
    public byte[] Bytes(string prefix) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{prefix}{ProbeToken.OfProcess}.{_slot}"));

    /// <summary>It is in use no more.</summary>
    public void Return()
    {
        lock (PoolLock)
        {
            if (!_isOver)
            {
                _isOver = true;
                Free.Add(_slot);
            }
        }
    }
}
