using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing.OneShot;

/// <summary>All that there is to show of one probe: what was probed, what was said and done, what was read, and how it ended. Immutable.</summary>
/// <param name="Target">What was probed.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Entries">What was sent and received and what happened to connections, in this order.</param>
/// <param name="Reading">What was read of a subscription's messages; null for other probers.</param>
internal sealed record ProbeConversation(
    TargetConfig Target, ProbeResult Result, ImmutableArray<ConversationEntry> Entries, SubscriptionReading? Reading = null)
{
    /// <summary>What was read, and what is doubtful about it, a line each.</summary>
    public IEnumerable<string> Lines => Reading?.Lines() ?? Warnings.Select(warning => $"warning: {warning}");

    /// <summary>What makes the module's mappings doubtful, a sentence each.</summary>
    public IReadOnlyList<string> Warnings => Reading?.Warnings() ?? [.. (Result.Unmapped ?? []).Select(source => source.ToString())];

    /// <summary>The phases that were reached, by the label of each, and how long they took.</summary>
    public IEnumerable<(string Name, TimeSpan Duration)> Phases
    {
        get
        {
            var phases = Result.Phases;
            (string Name, TimeSpan? Duration)[] all =
            [
                ("resolve", phases.Resolve),
                ("connect", phases.Connect),
                ("handshake", phases.Handshake),
                ("request", phases.Request),
                ("ping", phases.Ping),
            ];
            foreach (var (name, duration) in all)
            {
                if (duration is { } reached)
                {
                    yield return (name, reached);
                }
            }
        }
    }
}
