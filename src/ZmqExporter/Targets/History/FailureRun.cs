using System.Text;
using ZmqExporter.Probing;

namespace ZmqExporter.Targets.History;

/// <summary>Probes that failed one after the other for one reason: what the first of them said, and how many there were. Immutable.</summary>
internal sealed record FailureRun
{
    private const int MostDetail = 240; // bytes
    private const int OwnSize = 88 + 24; // the object and the head of its text

    private readonly byte[] _detail; // in UTF-8, which takes half of what a string takes
    private readonly long _last;

    /// <summary>A run that begins.</summary>
    /// <param name="first">Its first failure.</param>
    /// <param name="detail">What that said, in words; the beginning is kept.</param>
    public FailureRun(RecentResult first, string detail)
    {
        First = first;
        _last = first.At.UtcTicks;
        _detail = Utf8Of(detail);
    }

    /// <summary>The first of them: when it ended, how far it came, and what it saw.</summary>
    public RecentResult First { get; }

    /// <summary>Why they failed.</summary>
    public FailureReason Reason => First.Reason ?? FailureReason.LocalError;

    /// <summary>When the last of them ended.</summary>
    public DateTimeOffset Last
    {
        get => new(_last, TimeSpan.Zero);
        init => _last = value.UtcTicks;
    }

    /// <summary>How many there were.</summary>
    public long Count { get; init; } = 1;

    /// <summary>What the first said, in words.</summary>
    public string Detail => Encoding.UTF8.GetString(_detail);

    /// <summary>Whether the target was down at some time of it.</summary>
    public bool WasDown { get; init; }

    /// <summary>What was sent last in the first of them; null when nothing was.</summary>
    public MessageExcerpt? Sent { get; init; }

    /// <summary>What came last in the first of them; null when nothing did.</summary>
    public MessageExcerpt? Received { get; init; }

    /// <summary>What it takes of memory, about, in bytes.</summary>
    public int Size => OwnSize + _detail.Length + (Sent?.Size ?? 0) + (Received?.Size ?? 0);

    private static byte[] Utf8Of(string text)
    {
        var most = Math.Min(text.Length, MostDetail);
        for (var length = most; ; length--)
        {
            // Not in the middle of a character, and with room for the mark.
            var isCut = length < text.Length;
            if ((!isCut || length == 0 || !char.IsHighSurrogate(text[length - 1])) && Encoding.UTF8.GetByteCount(text.AsSpan(0, length)) + (isCut ? 3 : 0) <= MostDetail)
            {
                return Encoding.UTF8.GetBytes(isCut ? text[..length] + "…" : text);
            }
        }
    }
}
