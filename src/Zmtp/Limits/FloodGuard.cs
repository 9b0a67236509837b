using System.Globalization;
using Zmtp.Timing;

namespace Zmtp.Limits;

/// <summary>
/// Notices a peer that sends more than any answer to a probe can be: it must not keep a core busy or delay other targets.
/// Not thread-safe.
/// </summary>
/// <param name="allowed">How many bytes a message may have: one that is allowed is no flood, however fast it comes.</param>
internal struct FloodGuard(int allowed)
{
    private const int MaxReads = 20_000;
    private const long MaxBytes = 64 << 20;
    private const int MaxWork = 200_000;
    private const int UsualMessage = 1 << 20;
    private const int LeastRead = 1024; // of a stream that comes in packets

    private readonly int _more = Math.Max(0, allowed - UsualMessage);

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private Timestamp _windowStart;
    private int _reads;
    private long _bytes;
    private int _work;

    /// <summary>Counts a read.</summary>
    /// <param name="bytes">How much it brought.</param>
    /// <param name="work">How much work its frames were, as the session counts it: a peer need not fill the line to fill our day.</param>
    /// <param name="now">When it was.</param>
    /// <returns>The verdict, or null.</returns>
    public ZmtpError? OnRead(int bytes, int work, Timestamp now)
    {
        _reads++;
        _bytes += bytes;
        _work += work;
        if (_reads <= MaxReads + (_more / LeastRead) && _bytes <= MaxBytes + _more && _work <= MaxWork)
        {
            return null;
        }

        if (now - _windowStart < Window)
        {
            return new ZmtpError(ZmtpErrorCode.Protocol, string.Create(
                CultureInfo.InvariantCulture,
                $"the peer floods us: more than {(MaxBytes + _more) >> 20} MiB, {MaxReads + (_more / LeastRead):N0} packets, 200,000 frames or 2,000 commands in a second that nobody asked for"));
        }

        _windowStart = now;
        _reads = 0;
        _bytes = 0;
        _work = 0;
        return null;
    }
}
