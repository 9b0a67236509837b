using Zmtp;

namespace ZmqExporter.Heartbeat;

/// <summary>The names and bounds of docs/protocol/heartbeat.md.</summary>
internal static class HeartbeatProtocol
{
    /// <summary>The frame that says which protocol it is, as text.</summary>
    public const string Name = "ZHB1";

    /// <summary>The most bytes of a token.</summary>
    public const int MaxToken = 64;

    /// <summary>The most bytes of a service's name.</summary>
    public const int MaxService = 255;

    /// <summary>The most characters of an instance id.</summary>
    public const int MaxInstance = 64;

    /// <summary>The most bytes of the details: 64 KiB.</summary>
    public const int MaxDetails = 64 << 10;

    /// <summary>The most numbers of a server that are kept.</summary>
    public const int MaxNumbers = 64;

    /// <summary>The most bytes of a number's name.</summary>
    public const int MaxName = 64;

    /// <summary>Where the details of a reply are, counted from the id.</summary>
    public const int ReplyDetails = 4;

    /// <summary>Where the details of a beat are, counted from the id.</summary>
    public const int BeatDetails = 7;

    /// <summary>The longest time that a publisher may announce until its next beat.</summary>
    public static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);

    /// <summary>The frame that says which protocol it is.</summary>
    public static ReadOnlySpan<byte> Id => "ZHB1"u8;

    /// <summary>Which frame is the id: the first one, or the one behind an empty delimiter; -1 when it is neither.</summary>
    public static int Start(ZmtpMessage message) =>
        message[0].SequenceEqual(Id) ? 0
        : message[0].IsEmpty && message.FrameCount > 1 && message[1].SequenceEqual(Id) ? 1
        : -1;

    /// <summary>
    /// How long a feed may be silent that announces a beat each interval: two intervals, because one beat may be lost on the way, and a grace for a
    /// loop that comes to its beat late because it works: half an interval, and half a second for a short one.
    /// </summary>
    public static TimeSpan MaxSilence(TimeSpan interval) => (2 * interval) + TimeSpan.Max(interval / 2, TimeSpan.FromSeconds(0.5));
}
