using System.Collections.Immutable;
using System.Globalization;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing.OneShot;

/// <summary>
/// What was read of some messages. A mapping of <c>sequence</c> or <c>sent_at</c> that does not fit makes no probe fail, so that this is where
/// its user finds out. Immutable.
/// </summary>
/// <param name="Config">Where the numbers and times are looked for.</param>
internal sealed record SubscriptionReading(SubscribeProberConfig Config)
{
    // Losses happen; nobody loses most of what is sent and goes on so.
    private const int ManyLossesAMessage = 10;
    private const int ManyLosses = 100;

    /// <summary>Whole messages.</summary>
    public long Messages { get; init; }

    /// <summary>What their numbers said.</summary>
    public SequenceCounts Sequence { get; init; }

    /// <summary>How long the last one was on its way, by two clocks; null when no time could be read.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>The mappings that found nothing.</summary>
    public ImmutableArray<UnmappedSource> Unmapped { get; init; } = [];

    /// <summary>Messages whose number could be read and followed.</summary>
    public long NumbersRead => Config.Sequence is null ? 0 : Messages - Sequence.Untracked;

    /// <summary>This and what came together now.</summary>
    public SubscriptionReading With(in SubscriptionBatch batch) => this with
    {
        Messages = Messages + batch.Messages,
        Sequence = Sequence + batch.Sequence,
        Delay = batch.Delay ?? Delay,
    };

    /// <summary>The figures and the warnings, a line each; none without messages or without anything to read in them.</summary>
    public IEnumerable<string> Lines()
    {
        if (Messages > 0 && Config.Sequence is not null)
        {
            var numbers = NumbersRead == 1 ? "number" : "numbers";
            var resets = Sequence.Resets == 0 ? "" : Text($", {Sequence.Resets} {(Sequence.Resets == 1 ? "restart" : "restarts")}");
            yield return Text($"sequence: {NumbersRead} {numbers} read, {Sequence.Lost} lost, {Sequence.Untracked} unreadable{resets}");
        }

        if (Messages > 0 && Config.SentAt is not null)
        {
            yield return Delay is { } delay ? $"delay: {Show(delay)}" : "delay: unknown";
        }

        foreach (var warning in Warnings())
        {
            yield return $"warning: {warning}";
        }
    }

    /// <summary>What makes the mapping doubtful.</summary>
    public IReadOnlyList<string> Warnings()
    {
        var warnings = new List<string>();
        if (Messages == 0)
        {
            return warnings;
        }

        warnings.AddRange(Unmapped.Select(source => source.ToString()));
        if (Config.Sequence is not null && Unmapped.All(source => source.Mapping != Mapping.Sequence))
        {
            if (NumbersRead == 0)
            {
                warnings.Add("no message could be followed: what its numbers are counted by (sequence: per) is missing or longer than 256 bytes, or there are more than 10,000 of it");
            }
            else if (Sequence.Lost > ManyLosses && Sequence.Lost / ManyLossesAMessage > NumbersRead)
            {
                warnings.Add("far more messages look lost than came: wrong frame, format (byte order?) or per of sequence?");
            }
        }

        if (Delay is { } delay && delay.Duration() > DelayWords.LongestDelay)
        {
            warnings.Add(Text($"the last message was sent {Show(delay.Duration())} {(delay > TimeSpan.Zero ? "ago" : "in the future")} by what it says: wrong format (unit?) of sent_at, or wrong clock?"));
        }

        return warnings;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Show(TimeSpan delay) => delay < TimeSpan.Zero ? $"-{ProbeVerdict.Show(delay.Negate())}" : ProbeVerdict.Show(delay);
}
