using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;

namespace ZmqExporter.Probing;

/// <summary>
/// What a heartbeat still says that came before this prober was there: before the exporter was started again, or before its configuration changed.
/// It holds as long as its own interval does, and what came while the exporter was away came to nobody.
/// </summary>
/// <param name="beat">The heartbeat.</param>
/// <param name="age">How long ago it came.</param>
/// <param name="config">The module's.</param>
/// <param name="service">Its name, quoted.</param>
internal sealed class EarlierBeat(LastBeat beat, TimeSpan age, ListenProberConfig config, string service)
{
    private readonly TimeSpan _maxSilence = HeartbeatProtocol.MaxSilence(beat.Interval());

    /// <summary>Judges.</summary>
    /// <param name="available">For how long this process has been able to take what comes.</param>
    /// <returns>Null when a first heartbeat has its time still.</returns>
    public ProbeResult? Judge(TimeSpan available)
    {
        if (age <= _maxSilence)
        {
            return beat.IsServing && HasNoFurtherConditions
                ? ProbeResult.Answer(ProbeOutcome.OnTime, $"{Last} and said SERVING: none is overdue", reachable: null)
                : ProbeResult.Pending($"{Last}: how the server is, the next one tells", reachable: null);
        }

        if (available < age && available <= TimeSpan.FromTicks(Math.Max(_maxSilence.Ticks, config.Feed.StartupGrace.Ticks)))
        {
            return available > _maxSilence ? null : ProbeResult.Pending(
                $"{Last}; the exporter itself could take none until {Words(available)} ago: it is silent if none comes within {Durations.Words(_maxSilence)} of then", reachable: null);
        }

        return ProbeResult.Miss(FailureReason.Silent, SubscriptionWords.Overdue($"no heartbeat of {service} for {Words(age)}", beat.Interval()), reachable: null);
    }

    private bool HasNoFurtherConditions => config.Feed.Expect.All(expect => expect is ExpectConfig.Heartbeat);

    private string Last => string.Create(
        CultureInfo.InvariantCulture,
        $"no heartbeat of {service} since the exporter was started, or its configuration changed; the last one before came {Words(age)} ago, announced the next one within {Durations.Words(beat.Interval())}");

    private static string Words(TimeSpan span) => SubscriptionWords.Rounded(span);
}
