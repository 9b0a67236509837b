using System.Collections.Immutable;
using System.Net;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing.OneShot;

/// <summary>Probes a target now, apart from any schedule, and tells all that was seen. Calls must not overlap.</summary>
internal sealed class OneShotProbe : IDisposable
{
    private readonly SubscriptionReadings? _readings;
    private readonly ConversationRecorder _recorder;
    private readonly TargetConfig _target;
    private readonly IProber _prober;
    private readonly bool _awaitsFeed;

    /// <param name="probers">Makes the prober.</param>
    /// <param name="target">What to probe.</param>
    /// <param name="mayConnect">Says whether an address may be connected to; null allows every one.</param>
    /// <param name="detail">How much of messages is kept.</param>
    public OneShotProbe(ProberFactory probers, TargetConfig target, Func<EndPoint, bool>? mayConnect = null, ConversationDetail detail = default)
    {
        _target = target;
        _awaitsFeed = detail is { IsKept: true, FeedMessages: > 0 };
        _readings = target.Module.Prober is SubscribeProberConfig subscribe ? new SubscriptionReadings(subscribe) : null;
        _recorder = new ConversationRecorder(_readings, detail) { HidesMessages = detail.HidesSecrets && target.Module.Prober is RequestProberConfig { SendsSecrets: true } };
        _prober = probers.Create(target, _recorder, mayConnect);
    }

    /// <summary>A target for an endpoint that stands in no config.</summary>
    /// <param name="endpoint">Where the server listens.</param>
    /// <param name="module">How to probe it.</param>
    /// <param name="timeout">The hard deadline in the place of the module's; null leaves that.</param>
    /// <param name="returnEndpoint">Where a loop comes out; null for other modules.</param>
    public static TargetConfig Target(ZmtpEndpoint endpoint, ModuleConfig module, TimeSpan? timeout = null, ZmtpEndpoint? returnEndpoint = null) =>
        WithTimeout(new TargetConfig("probe", endpoint, module, ImmutableSortedDictionary<string, string>.Empty) { ReturnEndpoint = returnEndpoint }, timeout);

    /// <summary>A target with another hard deadline, after half of which at most an answer is late; null leaves it as it is.</summary>
    public static TargetConfig WithTimeout(TargetConfig target, TimeSpan? timeout)
    {
        if (timeout is not { } limit)
        {
            return target;
        }

        var policy = target.Module.Policy;
        var lateAfter = policy.LateAfter < limit ? policy.LateAfter : limit / 2;
        return target with { Module = target.Module with { Timeout = limit, Policy = policy with { LateAfter = lateAfter } } };
    }

    /// <summary>Probes once. A further probe uses what the prober keeps, such as its connection.</summary>
    /// <param name="stopping">Ends it early; what comes out is then meaningless.</param>
    public async ValueTask<ProbeConversation> ProbeAsync(CancellationToken stopping)
    {
        var start = Timestamp.Now(TimeProvider.System);
        var result = await _prober.ProbeAsync(stopping);
        if (_awaitsFeed && _readings is not null && IsConnected(result))
        {
            await AwaitFeedAsync(_target.Module.Timeout - start.Elapsed(TimeProvider.System), stopping);
        }

        var reading = _readings?.Take();
        return new ProbeConversation(_target, result, _recorder.Take(), reading is null ? null : reading with { Unmapped = result.Unmapped ?? [] });
    }

    private static bool IsConnected(ProbeResult result) =>
        result.Outcome is ProbeOutcome.OnTime or ProbeOutcome.Late or ProbeOutcome.Pending || result.Reason == FailureReason.UnexpectedReply;

    // A probe ends with the first message; one alone shows nothing that grows.
    private async Task AwaitFeedAsync(TimeSpan most, CancellationToken stopping)
    {
        if (most > TimeSpan.Zero)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            ended.CancelAfter(most);
            await _recorder.FeedIsEnough.WaitAsync(ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _prober.Dispose();
}
