using System.Text;
using ZmqExporter.Probing;
using Zmtp;
using Zmtp.Wire;

namespace ZmqExporter.Cli;

/// <summary>Keeps the conversation of a probe, to show it. Thread-safe.</summary>
internal sealed class ProbeTrace(SubscriptionReadings? readings = null) : IProbeObserver
{
    private const int MaxEntries = 100;

    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];

    /// <summary>What an entry is.</summary>
    public enum EntryKind
    {
        /// <summary>A connection event, by libzmq's name.</summary>
        Event,

        /// <summary>A message that was sent.</summary>
        Sent,

        /// <summary>A message that came.</summary>
        Received,

        /// <summary>The message before answered an earlier probe.</summary>
        Stale,
    }

    /// <inheritdoc />
    public bool ShowsMessages => true;

    /// <inheritdoc />
    public void OnConnectionEvent(ConnectionEvent connectionEvent) =>
        Add(new Entry(EntryKind.Event, [System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(connectionEvent.ToString())]));

    /// <inheritdoc />
    public void OnSubscriptionRead(in SubscriptionBatch batch) => readings?.Add(batch);

    /// <inheritdoc />
    public void OnStaleReply() => Add(new Entry(EntryKind.Stale, []));

    /// <inheritdoc />
    public void OnMessageSent(ZmtpMessage message) => Add(new Entry(EntryKind.Sent, Frames(message)));

    /// <inheritdoc />
    public void OnMessageReceived(ZmtpMessage message) => Add(new Entry(EntryKind.Received, Frames(message)));

    /// <summary>The entries since the last call.</summary>
    public IReadOnlyList<Entry> Take()
    {
        lock (_lock)
        {
            var taken = _entries.ToArray();
            _entries.Clear();
            return taken;
        }
    }

    private static string[] Frames(ZmtpMessage message) =>
        [.. Enumerable.Range(0, message.FrameCount).Select(frame => Excerpt.Of(message[frame]))];

    private void Add(Entry entry)
    {
        lock (_lock)
        {
            // A server that floods us must not fill the screen, or our memory.
            if (_entries.Count < MaxEntries)
            {
                _entries.Add(entry);
            }
        }
    }

    /// <summary>One thing that happened.</summary>
    /// <param name="Kind">What it is.</param>
    /// <param name="Texts">The event's name, or an excerpt of each frame.</param>
    internal sealed record Entry(EntryKind Kind, string[] Texts)
    {
        /// <inheritdoc />
        public override string ToString() => Kind switch
        {
            EntryKind.Event => $"* {Texts[0]}{(Texts[0] == "connect_delayed" ? " (normal: the connect goes on in the background)" : "")}",
            EntryKind.Sent => $"> {Joined()}",
            EntryKind.Received => $"< {Joined()}",
            _ => "  (answers an earlier probe)",
        };

        private string Joined() => new StringBuilder().AppendJoin(" | ", Texts).ToString();
    }
}
