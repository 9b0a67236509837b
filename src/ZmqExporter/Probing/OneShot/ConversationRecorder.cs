using System.Collections.Immutable;
using ZmqExporter.Configuration;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Probing.OneShot;

/// <summary>Keeps what happens during a probe, to show it. Thread-safe.</summary>
/// <param name="readings">Gathers what a subscription read; null for other probers.</param>
internal sealed class ConversationRecorder(SubscriptionReadings? readings = null) : IProbeObserver
{
    private const int MaxEntries = 100;
    private const int MaxLength = 256 << 10; // characters: a message may have a thousand frames

    private readonly Lock _lock = new();
    private readonly List<ConversationEntry> _entries = [];
    private int _length;

    /// <inheritdoc />
    public bool ShowsMessages => true;

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
            ImmutableArray<ConversationEntry> taken = [.. _entries];
            _entries.Clear();
            _length = 0;
            return taken;
        }
    }

    private static ImmutableArray<string> Frames(ZmtpMessage message) =>
        [.. Enumerable.Range(0, message.FrameCount).Select(frame => Excerpt.Of(message[frame]))];

    private void Add(ConversationEntryKind kind, ImmutableArray<string> texts)
    {
        lock (_lock)
        {
            // A server that floods us must not fill the screen, or our memory.
            if (_entries.Count < MaxEntries && _length < MaxLength)
            {
                _entries.Add(new ConversationEntry(kind, texts));
                _length += texts.Sum(text => text.Length);
            }
        }
    }
}
