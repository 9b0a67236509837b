using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Probing.OneShot;

/// <summary>Keeps what happens during a probe, to show it. Thread-safe.</summary>
/// <param name="readings">Gathers what a subscription read; null for other probers.</param>
/// <param name="isFull">Whether it keeps frames as a whole, and not only how they begin.</param>
internal sealed class ConversationRecorder(SubscriptionReadings? readings = null, bool isFull = false) : IProbeObserver
{
    private const int MaxEntries = 100;
    private const int MaxLength = 256 << 10; // characters: a message may have a thousand frames
    private const int MaxFullLength = 64 << 20;

    private readonly Lock _lock = new();
    private readonly List<ConversationEntry> _entries = [];
    private int _length;
    private int _leftOut;

    /// <inheritdoc />
    public bool ShowsMessages => true;

    /// <inheritdoc />
    public bool ShowsWholeMessages => isFull;

    /// <inheritdoc />
    public void OnConnectionEvent(ConnectionEvent connectionEvent) =>
        Add(ConversationEntryKind.Event, [EnumLabels<ConnectionEvent>.All[(int)connectionEvent]]);

    /// <inheritdoc />
    public void OnSubscriptionRead(in SubscriptionBatch batch) => readings?.Add(batch);

    /// <inheritdoc />
    public void OnStaleReply() => Add(ConversationEntryKind.Stale, []);

    /// <inheritdoc />
    public void OnMessageSent(ZmtpMessage message) => Add(ConversationEntryKind.Sent, Frames(message));

    /// <inheritdoc />
    public void OnMessageReceived(ZmtpMessage message) => Add(ConversationEntryKind.Received, Frames(message));

    /// <summary>The entries since the last call.</summary>
    public ImmutableArray<ConversationEntry> Take()
    {
        lock (_lock)
        {
            if (_leftOut > 0)
            {
                _entries.Add(new ConversationEntry(ConversationEntryKind.LeftOut, [_leftOut.ToString(CultureInfo.InvariantCulture)]));
            }

            ImmutableArray<ConversationEntry> taken = [.. _entries];
            _entries.Clear();
            (_length, _leftOut) = (0, 0);
            return taken;
        }
    }

    private ImmutableArray<string> Frames(ZmtpMessage message) =>
        [.. Enumerable.Range(0, message.FrameCount).Select(frame => isFull ? Excerpt.Whole(message[frame]) : Excerpt.Of(message[frame]))];

    private void Add(ConversationEntryKind kind, ImmutableArray<string> texts)
    {
        lock (_lock)
        {
            // A server that floods us must not fill the screen, or our memory.
            if (_entries.Count < MaxEntries && _length < (isFull ? MaxFullLength : MaxLength))
            {
                _entries.Add(new ConversationEntry(kind, texts));
                _length += texts.Sum(text => text.Length);
            }
            else
            {
                _leftOut++;
            }
        }
    }
}
