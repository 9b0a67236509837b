using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Teaching;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Probing.OneShot;

/// <summary>Keeps what happens during a probe, to show it. Thread-safe.</summary>
/// <param name="readings">Gathers what a subscription read; null for other probers.</param>
/// <param name="detail">How much of messages it keeps.</param>
/// <param name="time">Says when a message came; null for the system's clock.</param>
internal sealed class ConversationRecorder(SubscriptionReadings? readings = null, ConversationDetail detail = default, TimeProvider? time = null) : IProbeObserver
{
    private const int MaxEntries = 100;
    private const int MaxLength = 256 << 10; // characters: a message may have a thousand frames
    private const int MaxFullLength = 64 << 20;
    private const string Hidden = "(not shown: the module sends secrets)";

    private readonly Lock _lock = new();
    private readonly List<ConversationEntry> _entries = [];
    private readonly SeenMessages _seen = new(time ?? TimeProvider.System);
    private TaskCompletionSource _feedIsEnough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _length;
    private int _leftOut;
    private int _feedMessages;

    /// <summary>Whether messages are left out, because they have secrets in them.</summary>
    public bool HidesMessages { get; init; }

    /// <inheritdoc />
    public bool ShowsMessages => true;

    /// <inheritdoc />
    public bool ShowsWholeMessages => detail.IsFull || detail.IsKept;

    /// <inheritdoc />
    public bool ShowsFeed => detail.FeedMessages > 0;

    /// <inheritdoc />
    public bool WantsFeedMessage
    {
        get
        {
            lock (_lock)
            {
                return _feedMessages < detail.FeedMessages;
            }
        }
    }

    /// <summary>Ends when as many messages of a feed have come as are shown.</summary>
    public Task FeedIsEnough
    {
        get
        {
            lock (_lock)
            {
                return _feedIsEnough.Task;
            }
        }
    }

    /// <inheritdoc />
    public void OnConnectionEvent(ConnectionEvent connectionEvent) =>
        Add(ConversationEntryKind.Event, [EnumLabels<ConnectionEvent>.All[(int)connectionEvent]]);

    /// <inheritdoc />
    public void OnSubscriptionRead(in SubscriptionBatch batch) => readings?.Add(batch);

    /// <inheritdoc />
    public void OnStaleReply() => Add(ConversationEntryKind.Stale, []);

    /// <inheritdoc />
    public void OnMessageSent(ZmtpMessage message)
    {
        lock (_lock)
        {
            _seen.OnSent(message);
        }

        Add(ConversationEntryKind.Sent, Frames(message));
    }

    /// <inheritdoc />
    public void OnMessageReceived(ZmtpMessage message) => Add(ConversationEntryKind.Received, Frames(message), () => _seen.Of(message));

    /// <inheritdoc />
    public void OnFeedMessage(FeedMessage message)
    {
        Add(ConversationEntryKind.Received, Frames(message), () => _seen.Of(message));
        lock (_lock)
        {
            if (++_feedMessages >= detail.FeedMessages)
            {
                _feedIsEnough.TrySetResult();
            }
        }
    }

    /// <inheritdoc />
    /// <remarks>It is one of many between those that are looked into: nothing is learned from it.</remarks>
    public void OnRefusedMessage(FeedMessage message) => Add(ConversationEntryKind.Received, Frames(message));

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
            (_length, _leftOut, _feedMessages) = (0, 0, 0);
            _feedIsEnough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return taken;
        }
    }

    private ImmutableArray<string> Frames(ZmtpMessage message) => HidesMessages
        ? [Hidden]
        : [.. Enumerable.Range(0, message.FrameCount).Select(frame => detail.IsFull ? Excerpt.Whole(message[frame]) : Excerpt.Of(message[frame]))];

    // That an excerpt is cut is seen from its end.
    private ImmutableArray<string> Frames(FeedMessage message) => !detail.IsFull
        ? Frames(message.Heads)
        : [.. Frames(message.Heads).Select((text, frame) => message.Missing[frame] == 0 ? text : Text($"{text} (and {message.Missing[frame]} bytes more)"))];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Add(ConversationEntryKind kind, ImmutableArray<string> texts, Func<SeenMessage>? seen = null)
    {
        lock (_lock)
        {
            // A server that floods us must not fill the screen, or our memory.
            if (_entries.Count < MaxEntries + detail.FeedMessages && _length < (ShowsWholeMessages ? MaxFullLength : MaxLength))
            {
                var message = detail.IsKept ? seen?.Invoke() : null;
                _entries.Add(new ConversationEntry(kind, texts) { Message = message });
                _length += texts.Sum(text => text.Length) + (message?.Frames.Sum(frame => frame.Bytes.Length) ?? 0);
            }
            else
            {
                _leftOut++;
            }
        }
    }
}

/// <summary>How much of a conversation's messages is kept.</summary>
/// <param name="IsFull">Whether frames are shown as a whole, and not only how they begin.</param>
/// <param name="IsKept">Whether messages are kept to be looked into.</param>
/// <param name="FeedMessages">How many messages of a subscription each probe shows.</param>
internal readonly record struct ConversationDetail(bool IsFull = false, bool IsKept = false, int FeedMessages = 0)
{
    /// <summary>Whether messages of a module that sends secrets are left out: whoever looks need not have the configuration.</summary>
    public bool HidesSecrets { get; init; }
}
