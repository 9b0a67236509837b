using System.Collections.Immutable;
using System.Text;
using ZmqExporter.Teaching;

namespace ZmqExporter.Probing.OneShot;

/// <summary>What a <see cref="ConversationEntry"/> is.</summary>
internal enum ConversationEntryKind
{
    /// <summary>A connection event, by libzmq's name.</summary>
    Event,

    /// <summary>A message that was sent.</summary>
    Sent,

    /// <summary>A message that came.</summary>
    Received,

    /// <summary>The message before answered an earlier probe.</summary>
    Stale,

    /// <summary>Further entries were left out: their number.</summary>
    LeftOut,
}

/// <summary>One thing that happened during a probe. Immutable.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Texts">The event's name, an excerpt of each frame or all of it, or a number.</param>
internal sealed record ConversationEntry(ConversationEntryKind Kind, ImmutableArray<string> Texts)
{
    /// <summary>Of a message that came, when messages are kept: all of it.</summary>
    public SeenMessage? Message { get; init; }

    /// <summary>A line for people.</summary>
    public override string ToString() => Kind switch
    {
        ConversationEntryKind.Event => $"* {Texts[0]}{(Texts[0] == "connect_delayed" ? " (normal: the connect goes on in the background)" : "")}",
        ConversationEntryKind.Sent => $"> {Joined()}",
        ConversationEntryKind.Received => $"< {Joined()}",
        ConversationEntryKind.Stale => "  (answers an earlier probe)",
        _ => $"  … and {Texts[0]} more that are not shown",
    };

    private string Joined() => new StringBuilder().AppendJoin(" | ", Texts).ToString();
}
