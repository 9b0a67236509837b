using System.Buffers;

namespace Zmtp.Tests.Support;

/// <summary>
/// Watches what code does with the shared pool of arrays. The pool keeps the array that a thread returned last, one for each size, and
/// hands it out when that thread rents again.
/// </summary>
internal static class SharedPool
{
    private const int Attempts = 5; // a garbage collection in between may empty the pool

    /// <summary>The array that this thread's next rent of such a size gives.</summary>
    public static byte[] Next(int size)
    {
        var next = ArrayPool<byte>.Shared.Rent(size);
        ArrayPool<byte>.Shared.Return(next);
        return next;
    }

    /// <summary>Whether some code works with a rented array and gives it back.</summary>
    /// <param name="size">What it rents, in bytes.</param>
    /// <param name="use">Runs it with the array that it would rent, and returns whether it has worked with that one.</param>
    public static bool IsUsed(int size, Func<byte[], bool> use)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var next = Next(size);
            if (use(next) && ReferenceEquals(next, Next(size)))
            {
                return true;
            }
        }

        return false;
    }
}
